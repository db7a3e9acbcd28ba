import { stat } from 'node:fs/promises';
import { type GeoDbError, MmdbFile } from './mmdb-file.ts';

/** Which files there are, at the moment. */
export type FileList = readonly string[] | (() => Promise<readonly string[]>);

export interface LayerOptions {
  readonly files: FileList;
  /** Taken as well, after the others, as long as none of these can be opened and tells of places. */
  readonly fallback?: readonly string[];
  readonly tolerant?: boolean;
  readonly onReload?: (event: { file: string; error?: Error }) => void;
}

/** Why a file is not in use, or not in its newest form. */
export interface GeoDbProblem {
  readonly file: string;
  readonly reason: string;
}

interface Known {
  file: MmdbFile | undefined;
  /** Size and time of the file as it was opened, or as it was last refused. */
  seen: string;
  problem: string | undefined;
}

/** Kinds that tell of the network and not of the place. */
const networkKinds = /ASN|ISP|Connection-Type|Anonymous|Domain|Proxy|Hosting|Risk|User-Count|Static-IP/i;

/**
 * The files in use, in their order. Looks at the list and at each file's size and time when asked to; a changed file is
 * opened and checked beside the one that serves, and takes its place only then.
 */
export class Layers {
  readonly #options: LayerOptions;
  readonly #known = new Map<string, Known>();
  #inUse: readonly MmdbFile[] = [];
  #refused = 0;
  #listProblem: GeoDbError | undefined;
  #opened = false;

  constructor(options: LayerOptions) {
    this.#options = options;
  }

  get inUse(): readonly MmdbFile[] {
    return this.#inUse;
  }

  /** How many files were refused after the opening. */
  get refused(): number {
    return this.#refused;
  }

  problems(): readonly GeoDbProblem[] {
    const problems = [...this.#known].flatMap(([file, { problem }]) =>
      problem === undefined ? [] : [{ file, reason: problem }],
    );
    const list = this.#listProblem;
    return list === undefined ? problems : [...problems, { file: list.file, reason: list.reason }];
  }

  /** @throws GeoDbError where a file cannot be used and neither `tolerant` nor a fallback takes its place */
  async open(): Promise<void> {
    const { fallback = [], tolerant = false } = this.#options;
    await this.#refresh((error) => {
      if (!tolerant && (fallback.length === 0 || fallback.includes(error.file))) throw error;
    });
    this.#opened = true;
  }

  /** Never rejects. @returns whether anything was swapped */
  async reload(): Promise<boolean> {
    const before = this.#inUse;
    try {
      await this.#refresh(() => {
        this.#refused++;
      });
      this.#listProblem = undefined;
    } catch (error) {
      const problem = error as GeoDbError;
      if (problem.message !== this.#listProblem?.message) this.#tell(problem.file, problem);
      this.#listProblem = problem;
    }
    return before.length !== this.#inUse.length || before.some((file, at) => file !== this.#inUse[at]);
  }

  async #refresh(onRefused: (error: GeoDbError) => void): Promise<void> {
    const { files, fallback = [] } = this.#options;
    const listed = typeof files === 'function' ? await files() : files;
    await this.#look(listed, onRefused);
    const opened = this.#filesOf(listed);
    const needed = opened.some(({ info }) => !networkKinds.test(info.databaseType)) ? [] : fallback;
    await this.#look(needed, onRefused);
    this.#inUse = [...opened, ...this.#filesOf(needed)];
    for (const path of this.#known.keys()) {
      if (!listed.includes(path) && !needed.includes(path)) this.#known.delete(path);
    }
  }

  #filesOf(paths: readonly string[]): MmdbFile[] {
    return paths.flatMap((path) => this.#known.get(path)?.file ?? []);
  }

  /** One after the other: two files of 70 MB in the air at once are memory that a worker does not have. */
  async #look(paths: readonly string[], onRefused: (error: GeoDbError) => void): Promise<void> {
    for (const path of paths) {
      const known = this.#known.get(path);
      const now = await stamp(path);
      if (known !== undefined && (now === known.seen || now === missing)) continue;
      try {
        const file = await MmdbFile.open(path);
        this.#known.set(path, { file, seen: now, problem: undefined });
        if (this.#opened) this.#tell(path);
      } catch (cause) {
        const error = cause as GeoDbError;
        this.#known.set(path, { file: known?.file, seen: now, problem: error.reason });
        onRefused(error);
        this.#tell(path, error);
      }
    }
  }

  #tell(file: string, error?: Error): void {
    this.#options.onReload?.(error === undefined ? { file } : { file, error });
  }
}

const missing = 'missing';

async function stamp(file: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return missing;
  }
}
