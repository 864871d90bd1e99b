// Copyright (c) 2026, apiops.wso2 contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Run oidc-provider on a loopback port: node server.js PORT READY_FILE. Every request adds a line to standard output.

import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

const [port, readyFile] = argv.slice(2);
// An import does not search NODE_PATH, but require.resolve does.
const packagePath = createRequire(import.meta.url).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(packagePath).href);

const server = createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const registrationToken = randomBytes(24).toString('base64url');
  const provider = new Provider(baseUrl, {
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      registration: { enabled: true, initialAccessToken: registrationToken },
      registrationManagement: { enabled: true },
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => {
    const path = request.url.split('?')[0];
    response.once('finish', () => console.log(`${request.method} ${path} ${response.statusCode}`));
    handle(request, response);
  });
  const facts = {
    registration_url: `${baseUrl}/reg`,
    token_url: `${baseUrl}/token`,
    registration_token: registrationToken,
  };
  writeFileSync(`${readyFile}.new`, JSON.stringify(facts), { mode: 0o600 });
  renameSync(`${readyFile}.new`, readyFile);
});
