# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The protected API: it tells the bearer of a token who they are."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from oauth2_provider.views.generic import ProtectedResourceMetadataView
from oauthlib.common import Request


class WhoAmIView(ProtectedResourceMetadataView):
    """Answer user and scopes. Of the library's protected views this is the kind that refuses with 401, not 403."""

    def verify_request(self, request: HttpRequest) -> tuple[bool, Request]:
        """Keep the library's finding: it passes on the user and drops the scopes."""
        valid, self._finding = super().verify_request(request)
        return valid, self._finding

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return the user and the scopes of the token that the library has just accepted."""
        return JsonResponse({"user": self._finding.user.get_username(), "scopes": list(self._finding.scopes)})
