# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fill an empty database with the credentials of this start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from oauth2_provider.models import get_application_model


def insert_seed(seed: Mapping[str, Any]) -> None:
    """Insert the user and the three applications. Each application has one grant."""
    get_user_model().objects.create_user(seed["username"], password=seed["password"])
    application = get_application_model()
    application.objects.create(
        name="confidential",
        client_id=seed["consumer_key"],
        client_secret=seed["consumer_secret"],
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_PASSWORD,
    )
    application.objects.create(
        name="public",
        client_id=seed["public_consumer_key"],
        client_secret="",
        client_type=application.CLIENT_PUBLIC,
        authorization_grant_type=application.GRANT_PASSWORD,
    )
    application.objects.create(
        name="application",
        client_id=seed["application_consumer_key"],
        client_secret=seed["application_consumer_secret"],
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_CLIENT_CREDENTIALS,
    )
