import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { type Database, openDatabase, readMigrations } from '../../server/database/index.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const cache = path.join(modules, '.cache', 'signpost-tests');

/** Named after all that makes it what it is. */
function templateDirectory(): string {
  const pglite = readFileSync(path.join(modules, '@electric-sql/pglite/package.json'));
  const hash = createHash('sha256').update(pglite);
  for (const { checksum } of readMigrations()) hash.update(checksum);
  return path.join(cache, hash.digest('hex').slice(0, 16));
}

/**
 * Makes, once for all runs with the same migrations, the data directory that tests copy: making PGlite's files takes
 * two seconds and more, copying and opening them half of one.
 */
export async function makeMigratedDatabase(): Promise<void> {
  const directory = templateDirectory();
  if (existsSync(directory)) return;
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(path.join(cache, 'making-'));
  try {
    const database = await openDatabase({ url: undefined, dataDir: made, logger: pino({ level: 'silent' }) });
    await database.close();
    renameSync(made, directory);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // Another run may have been faster.
    if (!existsSync(directory)) throw error;
  }
}

/** Puts an embedded PostgreSQL with all migrations and no rows into a data directory. */
export function copyMigratedDatabase(dataDir: string): void {
  cpSync(path.join(templateDirectory(), 'postgres'), path.join(dataDir, 'postgres'), { recursive: true });
}

/** A migrated database of its own, without rows; closing it removes it. */
export async function openMigratedDatabase(logger: Logger = pino({ level: 'silent' })): Promise<Database> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'signpost-database-'));
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    copyMigratedDatabase(dataDir);
    const { db, close } = await openDatabase({ url: undefined, dataDir, logger });
    return { db, close: () => close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
