import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  /** The number its file's name begins with. */
  readonly version: number;
  /** The file's name without `.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file. */
  readonly hash: string;
}

/**
 * The migration files in order. They are found from the package's root, because the compiled code in `dist` has no
 * copy of them.
 */
export async function readMigrations(directory = defaultDirectory()): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (file) => {
      const sql = await readFile(path.join(directory, file), 'utf8');
      const hash = createHash('sha256').update(sql).digest('hex');
      return { version: Number(file.slice(0, 4)), name: path.basename(file, '.sql'), sql, hash };
    }),
  );
}

function defaultDirectory(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('The folder of the package (with package.json) was not found.');
    directory = parent;
  }
  return path.join(directory, 'analytics', 'migrations');
}
