export {
  type Access,
  type Area,
  areas,
  authorize,
  type Grant,
  type Scope,
  scopeOf,
  scopes,
} from './access.ts';
export { adminKeyShown, ensureAdminKey } from './admin-key.ts';
export { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts';
export { createAuthenticator } from './authenticate.ts';
export { type Identity, type Role, roles } from './identity.ts';
export { createUser, getUser, listUsers, patchUser, type User } from './users.ts';
