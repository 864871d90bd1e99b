# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Errors that the module and the lookup can show: a sentence, a hint, and facts without secrets."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

# What a failure is about. It decides who else gets the failure, for how long, and whether a password may follow a
# failed refresh.
USER = "user"  # the server rejected the username, the password or the account
CLIENT = "client"  # the server rejected the client credentials
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the server rejected the refresh token or the refresh grant
ENDPOINT = (
    "endpoint"  # no response, or one that does not come from the endpoint: the same for every request to this URL
)
REQUEST = "request"  # everything else

# What a failure returns in addition to its message.
_FACTS = ("error", "error_description", "http_status", "url", "attempts", "retry_after", "hint")

# A server's text can end a sentence by itself.
_STOPS = (".", "!", "?", "\u2026")

_API_CLOUD_HOST = "gateway.api.cloud.wso2.com"


@dataclass(eq=False, repr=False)
class TokenError(Exception):
    """The server issued or revoked no token.

    cause: what failed and the evidence, without a full stop, free of secrets.
    hint: how to fix it, without a full stop, or None.
    error, error_description: what the server reports (RFC 6749, section 5.2), free of secrets, or None.
    http_status: the status of the last response, or None when there was none.
    url: the endpoint that received the request, without user information and query.
    attempts: the number of requests sent.
    retry_after: seconds that the server asks the client to wait, or None.
    subject: C(USER), C(CLIENT), C(REFRESH_TOKEN), C(ENDPOINT) or C(REQUEST).
    is_transient: can the same request succeed later without a change?
    """

    cause: str
    hint: str | None = None
    error: str | None = None
    error_description: str | None = None
    http_status: int | None = None
    url: str | None = None
    attempts: int = 0
    retry_after: int | None = None
    subject: str = REQUEST
    is_transient: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.cause)

    @property
    def message(self) -> str:
        """One line: what failed, the evidence, and the fix where one is known."""
        return " ".join(text if text.endswith(_STOPS) else f"{text}." for text in (self.cause, self.hint) if text)

    def redacted(self, secrets: Iterable[str | None]) -> TokenError:
        """The same without SECRETS and control characters.

        The hint is the collection's own text, which can contain a word that is also a password.
        """
        # Imported lazily: most processes that load this module never report an error.
        from ansible_collections.apiops.wso2.plugins.module_utils._redaction import own_text

        known = list(secrets)
        facts = self.to_entry()
        shown = {name: own_text(fact, known) if isinstance(fact, str) else fact for name, fact in facts.items()}
        hint = own_text(self.hint, ()) if self.hint else self.hint
        return TokenError.from_entry({**shown, "hint": hint, "subject": self.subject})

    def failure(self) -> dict[str, object]:
        """The mapping that the module returns as C(failure); every key is always there."""
        return {name: getattr(self, name) for name in _FACTS}

    def to_entry(self) -> dict[str, object]:
        """All of it as plain values that JSON can hold, for another process."""
        return {"cause": self.cause, **self.failure(), "subject": self.subject, "is_transient": self.is_transient}

    @classmethod
    def from_entry(cls, entry: dict[str, object]) -> TokenError:
        """Read what C(to_entry) returned; raises C(KeyError), C(TypeError) or C(ValueError) if it did not."""
        cause = entry["cause"]
        if not isinstance(cause, str):
            raise TypeError("cause is not a string")
        return cls(cause, **{name: value for name, value in entry.items() if name != "cause"})  # type: ignore[arg-type]


class OptionError(TokenError):
    """An option is missing, malformed or contradicts another one. Nothing was sent.

    problem: the rest of a sentence that begins with the name of the option, as in C(is missing).
    """

    def __init__(self, option: str, problem: str, *, hint: str | None = None) -> None:
        super().__init__(f"{option} {problem}", hint=hint)
        self.option = option


def unexpected(error: BaseException) -> TokenError:
    """Name the class of ERROR and where it was raised. Its text is left out, because it can hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return TokenError(f"Unexpected {type(error).__name__}{place}", hint="This is a bug; please report it")


def api_cloud_hint(url: str) -> str | None:
    """The hint for the retired WSO2 API Cloud if URL leads there, else None."""
    if urlsplit(url).hostname != _API_CLOUD_HOST:
        return None
    return "WSO2 API Cloud was retired at the end of 2023. Set token_url, for example https://HOST:9443/oauth2/token"
