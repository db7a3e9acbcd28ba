export { type Database, type JobOutcome, openDatabase } from './database/index.ts';
export { learnCurves, learnRates, type PacingOffice, reconcilePacing } from './pacing/index.ts';
export { type DeliveryParts, deliverReports } from './reporting/index.ts';
export { syncDayKeys, syncSigningKeys } from './secrets/index.ts';
