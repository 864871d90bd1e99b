// Copyright (c) 2026, apiops.wso2 contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Run @node-oauth/oauth2-server behind express on the socket that serve.py opened.
//
// The first line of standard input is JSON with the start data of the server. The server stops at the end of the input.

'use strict';

const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const readline = require('node:readline');

const { createApplication } = require('./application');

function serve(start) {
  // Written synchronously, because the process ends without waiting for a stream.
  const log = fs.openSync(path.join(start.state_dir, 'access.log'), 'a');
  const application = createApplication(start.seed, (line) => fs.writeSync(log, line));
  const options = { cert: fs.readFileSync(start.chain_path), key: fs.readFileSync(start.key_path) };
  https.createServer(options, application).listen({ fd: start.listener_fd });
}

const input = readline.createInterface({ input: process.stdin });
input.once('line', (line) => serve(JSON.parse(line)));
input.once('close', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
