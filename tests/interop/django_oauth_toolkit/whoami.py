# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The protected API: it returns the user and the scopes of a token."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from oauth2_provider.views.generic import ProtectedResourceMetadataView
from oauthlib.common import Request


class WhoAmIView(ProtectedResourceMetadataView):
    """Return user and scopes. Of the library's protected views, this one rejects a request with 401 instead of 403."""

    def verify_request(self, request: HttpRequest) -> tuple[bool, Request]:
        """Store the library's result, because the library passes on the user but not the scopes."""
        valid, self._verified = super().verify_request(request)
        return valid, self._verified

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return the user, if there is one, and the scopes of the token that the library has accepted."""
        user = self._verified.user
        return JsonResponse({"user": user and user.get_username(), "scopes": list(self._verified.scopes)})
