export { forgetMemberData, type MemberForgetting } from './forget.ts';
export type { KeptAddress, MemberServices } from './member-accounts.ts';
export { type MemberKeyPlaces, MemberKeys } from './member-keys.ts';
export { letterOf, type MemberMailParts, type MemberPage } from './member-mails.ts';
export { memberRoutes } from './member-routes.ts';
export { settleMembers } from './member-store.ts';
export { membersRouter } from './visitor-router.ts';
