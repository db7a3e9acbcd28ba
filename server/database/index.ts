export { type ChangeContext, changeContext, onBehalfOf } from './change-context.ts';
export { type Migration, migrate, readMigrations } from './migrations.ts';
export { type Database, type DatabaseOptions, inMemory, openDatabase } from './open.ts';
export { databaseProblem } from './problems.ts';
export type { JobOutcome, ReportTargets, Tables } from './tables.ts';
