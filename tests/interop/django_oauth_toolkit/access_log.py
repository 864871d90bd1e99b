# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line per request, without the query string, because that can contain a token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

_LOGGER = logging.getLogger("interop.access")


class AccessLogMiddleware:
    """Log method, path and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        # Django has decoded the path, so "%0A" is a newline here.
        _LOGGER.info("%s %s %d", request.method, quote(request.path), response.status_code)
        return response
