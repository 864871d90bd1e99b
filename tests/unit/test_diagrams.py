# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each diagram of the documentation was drawn from the current text of its source."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMAGES = DOCS / "docsite" / "rst" / "images"
# These figures are drawn from measurements.
FROM_MEASUREMENTS = {"bench-lookups.svg", "bench-tasks.svg"}
SOURCES = {"token_life.dot", "token_stores.dot"}


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_the_labels_of_the_source_are_in_the_image(source: str) -> None:
    labels = re.findall(r'label="(.*?)"', (DOCS / "site" / "diagrams" / source).read_text("utf-8"))
    words = {word for label in labels for word in label.replace("\\n", " ").split()}
    texts = re.findall(r"<text [^>]*>(.*?)</text>", (IMAGES / source).with_suffix(".svg").read_text("utf-8"))
    assert {word for text in texts for word in html.unescape(text).replace("\xa0", " ").split()} == words


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_the_image_has_a_background_of_its_own(source: str) -> None:
    """Otherwise its dark lines could not be seen on a dark page."""
    assert '<polygon fill="#ffffff"' in (IMAGES / source).with_suffix(".svg").read_text("utf-8")


def test_each_image_has_a_source() -> None:
    drawn = {Path(source).with_suffix(".svg").name for source in SOURCES}
    assert {image.name for image in IMAGES.glob("*.svg")} == drawn | FROM_MEASUREMENTS
