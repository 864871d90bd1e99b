# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search a text for secrets, in plain text and in the encodings that outputs use."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

# Shorter base64 texts match by chance.
_BASE64_FROM = 8


def find_secrets(text: str, secrets: Iterable[str]) -> list[str]:
    """Those of SECRETS that TEXT contains, raw or encoded, also if the text was wrapped or indented."""
    views = {compact(text), compact(text.replace("\\n", " "))}
    return [secret for secret in secrets if any(form in view for form in _forms(secret) for view in views)]


def compact(text: str) -> str:
    """TEXT without whitespace, because outputs wrap lines there."""
    return "".join(text.split())


def _forms(secret: str) -> set[str]:
    """SECRET as URLs, JSON (once and twice), YAML, Python, HTML and base64 write it."""
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    escaped += [json.dumps(form)[1:-1] for form in escaped]
    urls = [quote(secret, safe=""), quote(secret), quote_plus(secret)]
    forms = {
        secret,
        *escaped,
        *(form.replace("/", "\\/") for form in escaped),
        *urls,
        *(_lower_percent(form) for form in urls),
        repr(secret)[1:-1],
        repr(secret.encode())[2:-1],
        secret.replace("'", "''"),
        html.escape(secret),
        *_base64_cores(secret.encode()),
    }
    return {compact(form) for form in forms} - {""}


def _lower_percent(form: str) -> str:
    head, *tails = form.split("%")
    return "%".join([head, *(tail[:2].lower() + tail[2:] for tail in tails)])


def _base64_cores(raw: bytes) -> Iterator[str]:
    """The base64 characters that any encoding with RAW in it contains, for each of the three alignments."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode("ascii")
        core = encoded[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6]
        if len(core) >= _BASE64_FROM:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))
