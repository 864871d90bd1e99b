#!/bin/sh
# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A replacement for sudo that ignores its options and runs the command as the current user. With it, the become plugin
# of ansible-core works without a second user.
while [ "$1" != /bin/sh ]; do shift; done
exec "$@"
