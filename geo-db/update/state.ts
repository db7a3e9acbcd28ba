import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpdateProblem } from './update-error.ts';

/** What is remembered of a download, beside its file as `<name>.json`. Times are milliseconds since 1970; 0: never. */
export interface DownloadState {
  /** `sourceId`: what is remembered of another source does not count. */
  readonly source: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly checkedAtMs: number;
  /** When the file was last replaced. */
  readonly updatedAtMs: number;
  readonly failures: number;
  readonly problem: { readonly kind: UpdateProblem; readonly reason: string } | undefined;
}

export function freshState(source: string): DownloadState {
  return {
    source,
    etag: undefined,
    lastModified: undefined,
    checkedAtMs: 0,
    updatedAtMs: 0,
    failures: 0,
    problem: undefined,
  };
}

/** Undefined where there is none, it cannot be read, or it is of another source. */
export async function readState(
  folder: string,
  name: string,
  source: string,
): Promise<DownloadState | undefined> {
  try {
    const found = JSON.parse(await readFile(stateFile(folder, name), 'utf8')) as Partial<DownloadState>;
    if (found.source !== source || typeof found.checkedAtMs !== 'number') return undefined;
    return { ...freshState(source), ...found };
  } catch {
    return undefined;
  }
}

export async function writeState(folder: string, name: string, state: DownloadState): Promise<void> {
  const file = stateFile(folder, name);
  const draft = join(folder, `.${name}.state`);
  await writeFile(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(draft, file);
}

const stateFile = (folder: string, name: string) => join(folder, `${name}.json`);
