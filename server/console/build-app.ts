import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../package-root.ts';
import { builtAppDirectory } from './app-files.ts';

/** Builds the console's pages, where they are not built of just these sources. For `npm run build`. */
async function main(): Promise<void> {
  const source = path.join(packageRoot(), 'server', 'console', 'app');
  const built = builtAppDirectory();
  const stamp = path.join(built, 'built-of');
  const hash = hashOf([path.join(packageRoot(), 'package-lock.json'), ...filesBelow(source)]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  // Loading it takes longer than all the rest where nothing is to be built.
  const { build } = await import('vite');
  await build({ configFile: path.join(source, 'vite.config.ts'), logLevel: 'warn' });
  for (const file of filesBelow(path.join(built, 'assets'))) {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
  writeFileSync(stamp, hash);
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

await main();
