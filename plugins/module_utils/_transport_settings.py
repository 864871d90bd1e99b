# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""How an endpoint is reached: certificates, patience and proxies, as the options name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError

# A day. Nobody waits for longer, and clocks of the operating system cannot count much further.
_LONGEST_TIMEOUT = 24 * 60 * 60


@dataclass(frozen=True)
class TransportSettings:
    """timeout: seconds for the whole exchange, retries included. retries: further attempts after the first."""

    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    timeout: int = 30
    retries: int = 3
    use_proxy: bool = True

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> TransportSettings:
        """Take the options that concern the transport; raises C(OptionError) where they contradict each other."""
        settings = cls(**{name: options[name] for name in cls.__dataclass_fields__ if name in options})  # type: ignore[arg-type]
        if settings.ca_path and not settings.validate_certs:
            raise OptionError(
                "ca_path",
                "contradicts validate_certs: false, under which no certificate authority is looked at",
                hint="Leave one of the two out",
            )
        if settings.client_key and not settings.client_cert:
            raise OptionError("client_key", "is given without client_cert", hint="Give client_cert as well")
        if not 1 <= settings.timeout <= _LONGEST_TIMEOUT:
            raise OptionError("timeout", f"must be at least 1 second, and at most {_LONGEST_TIMEOUT}")
        if settings.retries < 0:
            raise OptionError("retries", "must not be negative")
        return settings
