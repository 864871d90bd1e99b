# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction masks every form of a secret, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK, display_text, redact
from ansible_collections.apiops.wso2.tests.fuzz.strategies import (
    ANY,
    ENCODERS,
    TEXT_FORMS,
    forms_of,
    in_base64,
    secrets,
    share_of,
    texts_around,
)

# Texts next to a secret that cannot be part of one of its forms.
SEPARATORS = st.sampled_from(["", " ", "'", "\u2019", "(", "failed for ", "\n"])


@pytest.mark.parametrize("form", TEXT_FORMS.values(), ids=TEXT_FORMS)
@share_of(TEXT_FORMS)
@given(secret=secrets, before=st.text(ANY), after=st.text(ANY))
def test_every_form_is_masked(form: object, secret: str, before: str, after: str) -> None:
    shown = redact(f"{before}{form(secret)}{after}", [None, "", secret])  # type: ignore[operator]
    assert MASK in shown
    assert [each for each in forms_of(secret) if each in shown] == []


@pytest.mark.parametrize("form", TEXT_FORMS.values(), ids=TEXT_FORMS)
@share_of(TEXT_FORMS)
@given(secret=secrets, before=SEPARATORS, after=SEPARATORS)
def test_the_text_around_a_secret_is_unaltered(form: object, secret: str, before: str, after: str) -> None:
    assert redact(f"{before}{form(secret)}{after}", [secret]) == f"{before}{MASK}{after}"  # type: ignore[operator]


@pytest.mark.parametrize("form", TEXT_FORMS.values(), ids=TEXT_FORMS)
@share_of(TEXT_FORMS)
@given(secret=st.text(ANY, min_size=1, max_size=7))
def test_a_short_secret_is_masked_as_a_separate_word(form: object, secret: str) -> None:
    shown = f"'{form(secret)}'"  # type: ignore[operator]
    assert form(secret) not in redact(shown, [secret])  # type: ignore[operator]


@pytest.mark.parametrize("encoder", ENCODERS)
@share_of(ENCODERS)
@given(secret=secrets, before=st.binary(max_size=8), after=st.binary(max_size=8))
def test_base64_is_masked(encoder: str, secret: str, before: bytes, after: bytes) -> None:
    encoded = in_base64(secret, before=before, after=after, encoder=encoder)
    first, end = -(-len(before) * 8 // 6), (len(before) + len(secret.encode())) * 8 // 6
    shown = redact(f"Basic {encoded}.", [secret])
    assert encoded[first:end] not in shown
    # The characters at both edges can remain, because they also encode bits of the neighboring bytes.
    assert shown.startswith(f"Basic {encoded[: first - 1 if first else 0]}")
    assert len(shown.replace(MASK, "")) <= len("Basic .") + len(encoded) - (end - first) + 2


@given(known=st.lists(secrets, min_size=1, max_size=4), data=st.data())
def test_every_one_of_many_secrets_is_masked(known: list[str], data: st.DataObject) -> None:
    text = data.draw(texts_around(known))
    shown = redact(text, known)
    assert [form for secret in known for form in forms_of(secret) if form in shown] == []
    assert redact(shown, known) == shown


@given(secret=secrets, cut=st.integers(1, 7))
def test_a_secret_is_masked_completely_if_another_secret_is_its_prefix(secret: str, cut: int) -> None:
    assert redact(secret, [secret[:-cut], secret]) == MASK


HIDDEN = f"({MASK}: the text contains a secret)"

# These have no character in common with a secret, in whatever form the secret is.
PLAIN_SECRETS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=1, max_size=40)
OTHER_TEXTS = st.text(
    st.characters(min_codepoint=0x80) | st.sampled_from(" .,:;!?()[]<>'\"\n"),
)


@given(known=st.lists(PLAIN_SECRETS, max_size=4), text=OTHER_TEXTS)
def test_a_text_without_a_secret_is_unaltered(known: list[str], text: str) -> None:
    assert redact(text, known) == text


@given(secret=st.text(st.sampled_from("abcdefghij0123456789_"), min_size=1, max_size=7), word=st.text(ANY, min_size=1))
def test_a_short_secret_inside_a_word_is_not_masked(secret: str, word: str) -> None:
    """Masked gaps in words would reveal the secret."""
    assert redact(f"x{secret}{word}", [secret]).startswith(f"x{secret}")


@given(known=st.lists(secrets, min_size=1, max_size=3), data=st.data(), longest=st.integers(1, 300))
@example(known=["s3cret-word"], data=None, longest=200)
def test_displayed_text_is_one_short_line_without_secrets(
    known: list[str], data: st.DataObject | None, longest: int
) -> None:
    text = data.draw(_interrupted(known)) if data else "for s3cret-\x00word\x1b"
    shown = display_text(text, known, limit=longest)
    assert shown.isprintable() and len(shown) <= max(longest, len(HIDDEN))
    assert [secret for secret in known if secret in shown] == []


@st.composite
def _interrupted(draw: st.DrawFn, known: list[str]) -> str:
    """A text with secrets, and characters inside that the displayed text omits."""
    text = draw(texts_around(known))
    for position in draw(st.lists(st.integers(0, len(text)), max_size=3)):
        text = text[:position] + draw(st.sampled_from("\x00\x1b\u200b\n ")) + text[position:]
    return text
