import type { Role } from '../../session/account.ts';

/** Only who runs the installation has reports sent. */
export const schedulesReports = (role: Role) => role === 'admin' || role === 'adops';
