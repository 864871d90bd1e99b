# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications, users, organizations and URLs that the server accepts (section 2)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, Request, Row, application

CREDENTIALS = (
    Row(
        "credentials in the body",
        covers="B16, B19",
        options={"consumer_key": "colon_key", "consumer_secret": "colon:secret", "client_authentication": "body"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row("public client", covers="B19", options={"consumer_key": "public_key", "consumer_secret": None}),
    Row(
        "application pinned to the body",
        covers="B19",
        before=(application("demo_key", authentication="body"),),
        options={"client_authentication": "body"},
    ),
    Row(
        "organization is appended",
        covers="B21",
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
        requests=(
            Request(
                {
                    "grant_type": "password",
                    "username": "john@johns.org@johnsorg",
                    "password": "john pass & more=100%+#$",
                },
                "saas_key:saas_secret",
            ),
        ),
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "organization is appended once",
        covers="B21",
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org@johnsorg",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
    ),
    Row(
        "aliases",
        covers="B21",
        options={
            "consumer_key": None,
            "consumer_secret": None,
            "client_id": "saas_key",
            "client_secret": "saas_secret",
            "username": "testuser",
            "tenant": "my_company",
            "password": "testuser-pass",
            "scopes": ["orders_read"],
        },
        requests=(
            Request(
                {
                    "grant_type": "password",
                    "username": "testuser@my_company",
                    "password": "testuser-pass",
                    "scope": "orders_read",
                },
                "saas_key:saas_secret",
            ),
        ),
    ),
    Row("user of another store", covers="6", options={"username": "MYSTORE/carol", "password": "carol-pass"}),
    Row("user with the tenant", covers="6", options={"username": "alice@carbon.super"}),
    Row(
        "tenant-qualified URL",
        covers="1",
        options={
            "token_url": "$base_url/t/foo.com/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
            "username": "bob",
            "password": "bob-pass",
        },
    ),
    Row(
        "URL of a sub-organization",
        covers="1",
        options={
            "token_url": "$base_url/t/foo.com/o/10084a8d/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
            "username": "bob",
            "password": "bob-pass",
        },
    ),
    Row("URL of the gateway", covers="1", options={"token_url": "$base_url/token"}),
    Row("URL with a slash at the end", covers="1", options={"token_url": "$token_url/"}),
)
