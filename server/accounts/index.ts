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
export { createAdminLink } from './admin-link.ts';
export { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts';
export { Attempts } from './attempts.ts';
export { createAuthenticator } from './authenticate.ts';
export { type Identity, localIdentity, type Role, roles } from './identity.ts';
export { forgetLeftovers } from './leftovers.ts';
export { type Language, languages } from './letters.ts';
export { type MailParts, queueInvitation, queueReset, sendMails } from './mails.ts';
export { changePassword, createPasswordLink, type PasswordLink, setPasswordByLink } from './passwords.ts';
export {
  beginSecondFactor,
  confirmSecondFactor,
  hasSecondFactor,
  removeOwnSecondFactor,
  removeSecondFactor,
  resealSecondFactors,
} from './second-factor.ts';
export { hashOf, newSecretText } from './secret-text.ts';
export { refuseCrossSite, sessionCookie } from './session-cookie.ts';
export { endSession, listSessions, signIn } from './sessions.ts';
export { createUser, getUser, listUsers, patchOwn, patchUser, type User } from './users.ts';
