/*
 * Copyright (c) 2026, apiops.wso2 contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

package apiops.wso2.server;

import org.wso2.carbon.webapp.mgt.AbstractWebappDeployer;
import org.wso2.carbon.webapp.mgt.TomcatGenericWebappsDeployer;

/** Deploys the web applications of the server. The deployer of WSO2 is not in Maven Central. */
public final class WarDeployer extends AbstractWebappDeployer {
    @Override
    protected TomcatGenericWebappsDeployer createTomcatGenericWebappDeployer(
            String contextPrefix, int tenantId, String tenantDomain) {
        return new TomcatGenericWebappsDeployer(
                contextPrefix, tenantId, tenantDomain, webApplicationsHolderMap, configContext);
    }

    @Override
    protected String getType() {
        return "webapp";
    }

    @Override
    public void setDirectory(String directory) {
        webappsDir = directory;
    }

    @Override
    public void setExtension(String name) {
        extension = name;
    }
}
