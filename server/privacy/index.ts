export { lookEverywhere, type ScanParts } from './look-everywhere.ts';
export type { KeptFor } from './overdue.ts';
export { privacyCheck } from './privacy-check.ts';
export { privacyRoutes } from './routes.ts';
export { type MachineScan, problemsOf, storedProblems } from './scan-store.ts';
