/*
 * Copyright (c) 2026, apiops.wso2 contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

package apiops.wso2.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A service that implements an interface and does nothing. */
final class EmptyService implements InvocationHandler {
    private final String name;

    private EmptyService(String name) {
        this.name = name;
    }

    static Object of(Class<?> service) {
        return Proxy.newProxyInstance(
                service.getClassLoader(), new Class<?>[] {service}, new EmptyService(service.getName()));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "equals":
                return proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "toString":
            case "getName":
            case "getFriendlyName":
                return name;
            default:
                return emptyValue(method.getReturnType());
        }
    }

    private static Object emptyValue(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        if (type == List.class) {
            return Collections.emptyList();
        }
        return type == Map.class ? Collections.emptyMap() : null;
    }
}
