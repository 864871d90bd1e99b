// Copyright (c) 2026, apiops.wso2 contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The data model that the library requires: clients, users and tokens, in memory.

'use strict';

function createModel(seed) {
  const userGrants = ['password', 'refresh_token'];
  const user = { username: seed.username };
  // A Map, because a client id or a token with the name of a member of Object.prototype must stay unknown.
  const secrets = new Map([
    [seed.consumer_key, seed.consumer_secret],
    [seed.public_consumer_key, undefined],
    [seed.application_consumer_key, seed.application_consumer_secret],
  ]);
  const byAccessToken = new Map();
  const byRefreshToken = new Map();

  return {
    // The secret is undefined or empty if the client sent none. Only the public client may send none.
    async getClient(id, secret) {
      const grants = id === seed.application_consumer_key ? ['client_credentials'] : userGrants;
      return secrets.has(id) && secrets.get(id) === (secret || undefined) ? { id, grants } : null;
    },

    // Called by the client credentials grant. The library requires an owner, and the API returns its name.
    async getUserFromClient() {
      return { username: null };
    },

    async getUser(username, password) {
      return username === seed.username && password === seed.password ? user : null;
    },

    // A request without a scope gets all of them.
    async validateScope(_user, _client, scope = seed.scopes) {
      // Some scopes are silently dropped, as RFC 6749 section 3.3 allows and as WSO2 does.
      const granted = scope.filter((one) => !one.startsWith('dropped_'));
      return granted.every((one) => seed.scopes.includes(one)) ? granted : false;
    },

    async saveToken(token, client, owner) {
      const saved = { ...token, client, user: owner };
      byAccessToken.set(saved.accessToken, saved);
      if (saved.refreshToken) {
        byRefreshToken.set(saved.refreshToken, saved);
      }
      return saved;
    },

    async getAccessToken(value) {
      return byAccessToken.get(value) || null;
    },

    async getRefreshToken(value) {
      return byRefreshToken.get(value) || null;
    },

    // Called by the refresh grant. One record holds both tokens, so the access token goes with the refresh token.
    async revokeToken(token) {
      byAccessToken.delete(token.accessToken);
      return byRefreshToken.delete(token.refreshToken);
    },
  };
}

module.exports = { createModel };
