export { makeMigratedDatabase as setup } from './migrated-database.ts';
