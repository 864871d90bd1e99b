# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of a minimal Django project for django-oauth-toolkit."""

from __future__ import annotations

import os
import secrets

STATE_DIR = os.environ["INTEROP_STATE_DIR"]

SECRET_KEY = secrets.token_urlsafe(32)
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
USE_TZ = True
# Without it Django sets another time zone for the process, and so for the access log.
TIME_ZONE = "UTC"
ROOT_URLCONF = "django_oauth_toolkit.urls"

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"]
MIDDLEWARE = ["django_oauth_toolkit.access_log.AccessLogMiddleware"]

# A file, because views run in threads, and each thread's connection to ":memory:" would be a separate database.
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(STATE_DIR, "db.sqlite3")}}

# The credentials are random and valid for one run. The default hasher is slow on purpose, and runs twice per token.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

OAUTH2_PROVIDER = {
    "SCOPES": {"read": "Read", "write": "Write"},
    "OAUTH2_VALIDATOR_CLASS": "django_oauth_toolkit.dropped_scopes.DroppingValidator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # The default of 3.x. It is set here because 4.0 is announced to change it.
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%SZ"}},
    "handlers": {
        "access": {
            "class": "logging.FileHandler",
            "filename": os.path.join(STATE_DIR, "access.log"),
            "formatter": "line",
            "encoding": "utf-8",
        },
    },
    "loggers": {
        "interop.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        # It warns about RFC 9700 at every password grant.
        "oauth2_provider": {"level": "ERROR"},
    },
}
