# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What went wrong, in a form that a door can show: a sentence, a hint, and facts without secrets."""

from __future__ import annotations

from collections.abc import Iterable


class TokenError(Exception):
    """A token could not be had.

    cause: what happened, without a full stop, free of secrets.
    hint: what to do about it, without a full stop, or None.
    error, error_description: what the server said (RFC 6749, section 5.2), free of secrets, or None.
    http_status: the status of the last answer, or None when there was none.
    url: the endpoint asked, without user information and query.
    attempts: the number of requests sent.
    retry_after: seconds the server asked to wait, or None.
    """

    def __init__(
        self,
        cause: str,
        *,
        hint: str | None = None,
        error: str | None = None,
        error_description: str | None = None,
        http_status: int | None = None,
        url: str | None = None,
        attempts: int = 0,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.hint = hint
        self.error = error
        self.error_description = error_description
        self.http_status = http_status
        self.url = url
        self.attempts = attempts
        self.retry_after = retry_after

    @property
    def message(self) -> str:
        """One line for people: the cause and, where there is one, the cure."""
        return f"{self.cause}. {self.hint}." if self.hint else f"{self.cause}."

    @property
    def refused(self) -> bool:
        """Did the server turn the credentials down, so that sending them again can only do harm?"""
        return self.http_status is not None and 400 <= self.http_status < 500 and self.http_status not in (408, 429)

    def redacted(self, secrets: Iterable[str | None]) -> TokenError:
        """The same without SECRETS, except in the hint, whose words are ours: a password may be C(password)."""
        # Here, because most that load this module never meet an error.
        from ansible_collections.apiops.wso2.plugins.module_utils._redaction import redact

        known = list(secrets)
        facts = {"cause": self.cause, **self.failure()}
        shown = {name: redact(fact, known) if isinstance(fact, str) else fact for name, fact in facts.items()}
        return TokenError(**{**shown, "hint": self.hint})  # type: ignore[arg-type]

    def failure(self) -> dict[str, object]:
        """The mapping that the doors return as C(failure); every key is always there."""
        return {
            "error": self.error,
            "error_description": self.error_description,
            "http_status": self.http_status,
            "url": self.url,
            "attempts": self.attempts,
            "retry_after": self.retry_after,
            "hint": self.hint,
        }

    @classmethod
    def from_failure(cls, message: str, failure: dict[str, object]) -> TokenError:
        """The error that another process reported by C(message) and C(failure), to be reported again unchanged."""
        known = {key: failure.get(key) for key in cls("").failure()}
        return cls(message.removesuffix(f" {known['hint']}.").rstrip("."), **known)  # type: ignore[arg-type]


class OptionError(TokenError):
    """The question itself is wrong: an option is missing, malformed or contradicts another. Nothing was sent.

    problem: a phrase that goes on where the name of the option stops, as in C(is missing).
    """

    def __init__(self, option: str, problem: str, *, hint: str | None = None) -> None:
        super().__init__(f"{option} {problem}", hint=hint)
        self.option = option
