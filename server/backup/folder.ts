import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { type Manifest, readManifest } from './manifest.ts';

const namePattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-(full|incremental)$/;
/** What is being made, tried or removed: nobody takes it for a backup. */
const unfinished = /^\.(making|trial|removing)-/;

/** The directory of the backups. */
export class BackupFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Oldest first. A directory whose manifest cannot be read is left out: it is broken, and stays for a person to see. */
  async list(): Promise<Manifest[]> {
    const manifests: Manifest[] = [];
    for (const name of (await this.#names()).filter((each) => namePattern.test(each)).sort()) {
      const manifest = await readManifest(join(this.path, name)).catch(() => undefined);
      if (manifest !== undefined) manifests.push(manifest);
    }
    return manifests.sort((a, b) => Date.parse(a.madeAt) - Date.parse(b.madeAt));
  }

  /**
   * A backup by its name, or the newest.
   * @throws AppError `not_found`
   */
  async find(name: string | undefined): Promise<Manifest> {
    const all = await this.list();
    const found = name === undefined ? all.at(-1) : all.find((each) => each.name === name);
    if (found !== undefined) return found;
    const what = name === undefined ? 'no backup' : `no backup "${name}"`;
    throw new AppError('not_found', `There is ${what} in ${this.path}.`);
  }

  directoryOf(name: string): string {
    return join(this.path, name);
  }

  /** An empty directory that is not a backup yet. Whatever an earlier run left unfinished is removed. */
  async begin(name: string): Promise<string> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    for (const left of (await this.#names()).filter((each) => unfinished.test(each))) {
      await rm(join(this.path, left), { recursive: true, force: true });
    }
    const directory = join(this.path, `.making-${name}`);
    await mkdir(directory, { mode: 0o700 });
    return directory;
  }

  /** Makes a backup of what was begun. */
  async finish(name: string): Promise<void> {
    await rename(join(this.path, `.making-${name}`), this.directoryOf(name));
  }

  /** Gone as one: half a backup is never seen. */
  async remove(name: string): Promise<void> {
    const going = join(this.path, `.removing-${name}`);
    await rename(this.directoryOf(name), going);
    await rm(going, { recursive: true, force: true });
  }

  async #names(): Promise<string[]> {
    return readdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }
}
