# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the collection importable from the checkout, once per process. A conftest imports this file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
from installed_collection import CHECKOUT

# Removed when the process ends.
_ROOT = tempfile.TemporaryDirectory(prefix="apiops-wso2-checkout-")
_NAMESPACE = Path(_ROOT.name) / "ansible_collections" / "apiops"
_NAMESPACE.mkdir(parents=True)
(_NAMESPACE / "wso2").symlink_to(CHECKOUT, target_is_directory=True)
_AnsibleCollectionFinder(paths=[_ROOT.name])._install()
