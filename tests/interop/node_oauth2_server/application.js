// Copyright (c) 2026, apiops.wso2 contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The HTTP side: a token endpoint, a protected API and a log line per request.

'use strict';

const express = require('express');
const OAuth2Server = require('@node-oauth/oauth2-server');

const { createModel } = require('./model');

const { OAuthError, Request, Response } = OAuth2Server;

function createApplication(seed, writeLog) {
  const oauth = new OAuth2Server({
    model: createModel(seed),
    accessTokenLifetime: 3600,
    // Passes a public client on to the model, which still requires the secret of a confidential client.
    requireClientAuthentication: { password: false, refresh_token: false },
  });
  const application = express();
  application.disable('x-powered-by');
  application.use(accessLog(writeLog));
  application.use(express.urlencoded({ extended: false }));
  application.post('/oauth2/token', tokenEndpoint(oauth));
  application.get('/api/whoami', whoAmI(oauth));
  return application;
}

// request.path is still percent-encoded and has no query string, which can contain a token.
function accessLog(writeLog) {
  return (request, response, next) => {
    const { method, path } = request;
    response.once('finish', () => {
      writeLog(`${new Date().toISOString()} ${method} ${path} ${response.statusCode}\n`);
    });
    next();
  };
}

function tokenEndpoint(oauth) {
  return (request, response) => respond(response, async (outcome) => {
    await oauth.token(asLibraryRequest(request), outcome);
    return outcome.body;
  });
}

function whoAmI(oauth) {
  return (request, response) => respond(response, async (outcome) => {
    const token = await oauth.authenticate(asLibraryRequest(request), outcome);
    return { user: token.user.username, scopes: token.scope };
  });
}

function asLibraryRequest({ headers, method, query, body }) {
  return new Request({ headers, method, query, body });
}

// The library sets status, headers and body of the outcome, and also throws the error.
async function respond(response, handle) {
  const outcome = new Response();
  try {
    const body = await handle(outcome);
    response.set(outcome.headers).status(outcome.status).json(body);
  } catch (error) {
    if (!(error instanceof OAuthError)) {
      throw error;
    }
    response.set(outcome.headers).status(error.code).json({ error: error.name, error_description: error.message });
  }
}

module.exports = { createApplication };
