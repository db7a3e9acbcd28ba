import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makePacingDirectory, pacingDirectory } from './pacing-files.ts';

/**
 * Names this machine's installation, the same after a restart. Neither part is enough: containers may all have one host
 * name, and a data directory may have been copied to another machine.
 */
export async function machineName(dataDir: string): Promise<string> {
  const file = join(pacingDirectory(dataDir), 'machine');
  await makePacingDirectory(dataDir);
  await writeFile(file, randomBytes(8).toString('hex'), { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return `${hostname()}_${(await readFile(file, 'utf8')).slice(0, 16)}`;
}
