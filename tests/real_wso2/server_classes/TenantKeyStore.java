/*
 * Copyright (c) 2026, apiops.wso2 contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

package apiops.wso2.server;

import java.io.ByteArrayOutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.util.Collections;

import org.wso2.carbon.core.util.KeyStoreManager;
import org.wso2.carbon.registry.core.service.RegistryService;
import org.wso2.carbon.security.keystore.KeyStoreAdmin;
import org.wso2.carbon.stratos.common.beans.TenantInfoBean;
import org.wso2.carbon.stratos.common.exception.StratosException;
import org.wso2.carbon.stratos.common.listeners.TenantMgtListener;

/** Gives each new tenant a key store with the key of the server. What does that in WSO2 is not in Maven Central. */
public final class TenantKeyStore implements TenantMgtListener {
    private static final int SUPER_TENANT = -1234;
    private static final String PASSWORD = "made-for-tests";

    private final RegistryService registries;

    TenantKeyStore(RegistryService registries) {
        this.registries = registries;
    }

    @Override
    public void onTenantCreate(TenantInfoBean tenant) throws StratosException {
        String name = tenant.getTenantDomain().replace('.', '-') + ".jks";
        try {
            new KeyStoreAdmin(tenant.getTenantId(), registries.getGovernanceSystemRegistry(tenant.getTenantId()))
                    .addKeyStore(content(tenant.getTenantDomain()), name, PASSWORD, " ", "JKS", PASSWORD);
        } catch (Exception error) {
            throw new StratosException("No key store for " + tenant.getTenantDomain(), error);
        }
    }

    private static byte[] content(String alias) throws Exception {
        KeyStoreManager server = KeyStoreManager.getInstance(SUPER_TENANT);
        KeyStore primary = server.getPrimaryKeyStore();
        Key key = server.getDefaultPrivateKey();
        for (String each : Collections.list(primary.aliases())) {
            if (primary.isKeyEntry(each)) {
                KeyStore store = KeyStore.getInstance("JKS");
                store.load(null, null);
                store.setKeyEntry(alias, key, PASSWORD.toCharArray(), primary.getCertificateChain(each));
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                store.store(content, PASSWORD.toCharArray());
                return content.toByteArray();
            }
        }
        throw new IllegalStateException("The key store of the server has no key");
    }

    /** First of all, because others read the key store. */
    @Override
    public int getListenerOrder() {
        return 0;
    }

    @Override
    public void onTenantUpdate(TenantInfoBean tenant) {}

    @Override
    public void onTenantDelete(int tenantId) {}

    @Override
    public void onTenantRename(int tenantId, String oldDomain, String newDomain) {}

    @Override
    public void onTenantInitialActivation(int tenantId) {}

    @Override
    public void onTenantActivation(int tenantId) {}

    @Override
    public void onTenantDeactivation(int tenantId) {}

    @Override
    public void onSubscriptionPlanChange(int tenantId, String oldPlan, String newPlan) {}

    @Override
    public void onPreDelete(int tenantId) {}
}
