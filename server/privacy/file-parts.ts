import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { archiveDays, filesOfDay, linesOfFile } from '../../analytics/index.ts';
import type { Findings } from './look-through.ts';
import type { Part, StoreName } from './part.ts';

export interface FilePlaces {
  readonly dataDir: string;
  /** Of the log, after ClickHouse has it. */
  readonly archiveDirs: readonly string[];
  readonly backupDir: string;
  /** Files and folders with what the processes wrote to their standard output and error. */
  readonly processLogs: readonly string[];
}

/** Folders of the data directory that are looked through otherwise, or hold no text: databases, images, keys. */
const elsewhere = new Set([
  ...['postgres', 'clickhouse', 'spool', 'archive', 'backups', 'assets', 'geo', 'keys', 'scratch'],
]);
const neverText = new Set(['local-token']);

/** Every file of this machine that has texts, by the store that it belongs to. */
export async function fileParts(places: FilePlaces): Promise<Partial<Record<StoreName, Part[]>>> {
  return {
    log: await logParts(places),
    backups: await backupParts(places.backupDir),
    files: await dataParts(places),
    process_logs: (await Promise.all(places.processLogs.map((place) => below(place, place))))
      .flat()
      .map((file) => partOf(file, (line, findings) => lookAtLogLine(line, findings))),
  };
}

interface FoundFile {
  readonly path: string;
  readonly key: string;
  readonly bytes: number;
}

async function logParts({ dataDir, archiveDirs }: FilePlaces): Promise<Part[]> {
  const spool = await below(path.join(dataDir, 'spool'), dataDir);
  const files = spool.filter(({ key }) => /\.(jsonl|open)$/.test(key) || key.includes('rejected'));
  for (const archive of archiveDirs) {
    for (const day of await archiveDays(archive)) {
      for (const { path: file, bytes } of await filesOfDay(archive, day))
        files.push({ path: file, key: `${path.basename(archive)}/${day}/${path.basename(file)}`, bytes });
    }
  }
  return files.map((file) => partOf(file, (line, findings) => lookAtJson('events', line, findings)));
}

/** The rows of PostgreSQL; what ClickHouse wrote is in a form of its own. */
async function backupParts(backupDir: string): Promise<Part[]> {
  const files = await below(backupDir, backupDir);
  return files
    .filter(({ key }) => /(^|\/)postgres\/[^/]+\.jsonl$/.test(key) || key.endsWith('.json'))
    .map((file) => {
      const table = file.key.endsWith('.jsonl')
        ? path.basename(file.key, '.jsonl')
        : `file:${path.basename(file.key)}`;
      return partOf(file, (line, findings) => lookAtJson(table, line, findings));
    });
}

async function dataParts({ dataDir, backupDir, archiveDirs, processLogs }: FilePlaces): Promise<Part[]> {
  const apart = new Set([backupDir, ...archiveDirs, ...processLogs].map((folder) => path.resolve(folder)));
  const names = await readdir(dataDir, { withFileTypes: true }).catch(() => []);
  const files: FoundFile[] = [];
  for (const entry of names) {
    const full = path.join(dataDir, entry.name);
    if (elsewhere.has(entry.name) || neverText.has(entry.name) || apart.has(path.resolve(full))) continue;
    files.push(...(await below(full, dataDir)));
  }
  return files.map((file) =>
    partOf(file, (line, findings) => lookAtJson(`file:${file.key}`, line, findings)),
  );
}

/** Every file below a folder, or the one that it is; none where there is nothing. */
async function below(place: string, root: string): Promise<FoundFile[]> {
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) return [];
  const keyOf = (file: string) => path.relative(root, file).split(path.sep).join('/') || path.basename(file);
  if (stats.isFile()) return [{ path: place, key: keyOf(place), bytes: stats.size }];
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: FoundFile[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined) files.push({ path: file, key: keyOf(file), bytes: found.size });
  }
  return files;
}

type LookAt = (line: string, findings: Findings) => void;

function partOf(file: FoundFile, lookAt: LookAt): Part {
  return {
    ...{ key: file.key, bytes: file.bytes },
    async scan(findings) {
      try {
        if (await isBinary(file.path)) return;
        const kind = file.path.endsWith('.gz') ? 'pack' : 'segment';
        for await (const line of linesOfFile({ path: file.path, kind }))
          lookAt(line.toString('utf8').trimEnd(), findings);
      } catch (error) {
        // Shipped, packed or replaced meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    },
  };
}

/** Whether a file is no text, and not packed text either. */
async function isBinary(file: string): Promise<boolean> {
  if (file.endsWith('.gz')) return false;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await handle.close();
  }
}

/** A line of JSON field by field; any other as it is. */
function lookAtJson(name: string, line: string, findings: Findings): void {
  const value = parsed(line);
  if (value === undefined || name.startsWith('file:')) findings.text(name, line);
  else findings.value(name, value);
}

function lookAtLogLine(line: string, findings: Findings): void {
  const value = parsed(line);
  if (value === undefined) findings.text('process_logs.text', line);
  else findings.value('process_logs', value);
}

function parsed(line: string): object | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}
