# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The library's endpoints under its own paths, and again under the paths of WSO2."""

from __future__ import annotations

from django.urls import include, path
from django_oauth_toolkit.whoami import WhoAmIView
from oauth2_provider.views import IntrospectTokenView, RevokeTokenView, TokenView

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("oauth2/token", TokenView.as_view()),
    path("oauth2/revoke", RevokeTokenView.as_view()),
    path("oauth2/introspect", IntrospectTokenView.as_view()),
    path("api/whoami", WhoAmIView.as_view()),
]
