-- Copyright (c) 2026, apiops.wso2 contributors
-- GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
-- SPDX-License-Identifier: GPL-3.0-or-later

-- The tables of WSO2, and those of consents, whose script is not in Maven Central. The server reads the latter when a
-- tenant is made and when an application is deleted.
RUNSCRIPT FROM 'dbscripts/identity/h2.sql';

CREATE TABLE CM_PURPOSE_CATEGORY (
    ID INTEGER AUTO_INCREMENT PRIMARY KEY,
    NAME VARCHAR(255),
    DESCRIPTION VARCHAR(1024),
    TENANT_ID INTEGER
);

CREATE TABLE CM_RECEIPT (
    CONSENT_RECEIPT_ID VARCHAR(255) PRIMARY KEY,
    LANGUAGE VARCHAR(255),
    PII_PRINCIPAL_ID VARCHAR(255),
    PRINCIPAL_TENANT_ID INTEGER,
    STATE VARCHAR(255)
);

CREATE TABLE CM_RECEIPT_SP_ASSOC (
    ID INTEGER AUTO_INCREMENT PRIMARY KEY,
    CONSENT_RECEIPT_ID VARCHAR(255),
    SP_NAME VARCHAR(255),
    SP_DISPLAY_NAME VARCHAR(255),
    SP_DESCRIPTION VARCHAR(255),
    SP_TENANT_ID INTEGER
);
