// Copyright (c) 2026, apiops.wso2 contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The data model that the library requires: clients, users and tokens, in memory.

'use strict';

function createModel(seed) {
  const grants = ['password', 'refresh_token'];
  const user = { username: seed.username };
  // A Map, because a client id or a token with the name of a member of Object.prototype must stay unknown.
  const secrets = new Map([[seed.consumer_key, seed.consumer_secret], [seed.public_consumer_key, undefined]]);
  const byAccessToken = new Map();
  const byRefreshToken = new Map();

  return {
    // The secret is undefined or empty if the client sent none. Only the public client may send none.
    async getClient(id, secret) {
      return secrets.has(id) && secrets.get(id) === (secret || undefined) ? { id, grants } : null;
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
      byRefreshToken.set(saved.refreshToken, saved);
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
