export { type Database, type JobOutcome, openDatabase } from './database/index.ts';
export { syncDayKeys, syncSigningKeys } from './secrets/index.ts';
