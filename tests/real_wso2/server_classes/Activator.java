/*
 * Copyright (c) 2026, apiops.wso2 contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

package apiops.wso2.server;

import java.util.List;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.wso2.carbon.identity.core.util.IdentityCoreInitializedEvent;
import org.wso2.carbon.registry.core.service.RegistryService;
import org.wso2.carbon.stratos.common.listeners.TenantMgtListener;

/** Registers what modules of the server require: services that are never called, and the key stores of tenants. */
public final class Activator implements BundleActivator {
    private static final List<String> EMPTY_SERVICES = List.of(
            "org.wso2.carbon.identity.organization.management.service.listener.OrganizationManagerListener",
            "org.wso2.carbon.identity.application.authentication.framework.ApplicationAuthenticator",
            "org.wso2.carbon.identity.multi.attribute.login.mgt.MultiAttributeLoginResolver",
            "org.wso2.carbon.registry.common.AttributeSearchService",
            "org.wso2.carbon.identity.oauth2.IntrospectionDataProvider");

    private ServiceTracker<IdentityCoreInitializedEvent, Object> tracker;

    @Override
    public void start(BundleContext context) {
        tracker = new ServiceTracker<>(context, IdentityCoreInitializedEvent.class, null) {
            @Override
            public Object addingService(ServiceReference<IdentityCoreInitializedEvent> reference) {
                EMPTY_SERVICES.forEach(name -> register(context, name));
                RegistryService registries = context.getService(context.getServiceReference(RegistryService.class));
                context.registerService(TenantMgtListener.class, new TenantKeyStore(registries), null);
                return reference;
            }
        };
        tracker.open();
    }

    @Override
    public void stop(BundleContext context) {
        tracker.close();
    }

    private static void register(BundleContext context, String name) {
        try {
            context.registerService(name, EmptyService.of(Class.forName(name)), null);
        } catch (ClassNotFoundException error) {
            throw new IllegalStateException("The server has no interface " + name, error);
        }
    }
}
