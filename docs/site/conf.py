# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx configuration for the pages that antsibull-docs writes. The build needs no network."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path

project = "apiops.wso2"
copyright = "apiops.wso2 contributors"
title = html_short_title = "WSO2 access tokens for Ansible"
html_title = title

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
default_role = "any"
# Every cross reference must have a target.
nitpicky = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_theme_options = {"vcs_pageview_mode": "edit"}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False

# The pages of Ansible that the documentation refers to, instead of an inventory from the network.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.ansible.builtin.debug_module": "collections/ansible/builtin/debug_module.html",
    "ansible_collections.ansible.builtin.set_fact_module": "collections/ansible/builtin/set_fact_module.html",
    "ansible_collections.ansible.builtin.uri_module": "collections/ansible/builtin/uri_module.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def _inventory() -> str:
    """Write PAGES as a Sphinx inventory, and return its path."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: \n# The rest is compressed by zlib.\n"
    lines = "".join(f"{label} std:label -1 {page} {label}\n" for label, page in PAGES.items())
    path = Path(tempfile.mkdtemp(prefix="ansible-inventory-")) / "objects.inv"
    path.write_bytes(head.encode() + zlib.compress(lines.encode()))
    return str(path)


intersphinx_mapping = {"ansible": (ANSIBLE, _inventory())}
