import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineState } from './machine-state.ts';
import type { Samples } from './samples.ts';

/** What a worker has told: sums since it began, and how things are. */
export interface WorkerSamples {
  readonly worker: string;
  readonly atMs: number;
  readonly samples: Samples;
}

/** The sums of workers that have ended. */
export interface EndedSamples {
  readonly samples: Samples;
  /** Whose numbers are in it, so that none of them is added twice; only those whose files may still be there. */
  readonly workers: readonly string[];
}

export const metricsDirectory = (dataDir: string): string => join(dataDir, 'metrics');
const workerFile = (dataDir: string, worker: string): string =>
  join(metricsDirectory(dataDir), `worker-${worker}.json`);
const endedFile = (dataDir: string): string => join(metricsDirectory(dataDir), 'ended.json');
const machineFile = (dataDir: string): string => join(metricsDirectory(dataDir), 'machine.json');
const workerName = /^worker-(.+)\.json$/;

export const writeWorker = (dataDir: string, samples: WorkerSamples): Promise<void> =>
  swap(workerFile(dataDir, samples.worker), samples);
export const writeEnded = (dataDir: string, ended: EndedSamples): Promise<void> =>
  swap(endedFile(dataDir), ended);
export const writeMachine = (dataDir: string, state: MachineState): Promise<void> =>
  swap(machineFile(dataDir), state);

/** Undefined where there is none, or it cannot be read. */
export const readMachine = (dataDir: string): Promise<MachineState | undefined> =>
  read<MachineState>(machineFile(dataDir));

export async function readEnded(dataDir: string): Promise<EndedSamples> {
  return (await read<EndedSamples>(endedFile(dataDir))) ?? { samples: {}, workers: [] };
}

/** Of every worker of this machine, also of those that have ended. */
export async function readWorkers(dataDir: string): Promise<WorkerSamples[]> {
  const all: WorkerSamples[] = [];
  for (const name of await readdir(metricsDirectory(dataDir)).catch(() => [])) {
    const worker = workerName.exec(name)?.[1];
    const samples = worker === undefined ? undefined : await read<WorkerSamples>(workerFile(dataDir, worker));
    if (samples?.worker === worker && samples !== undefined) all.push(samples);
  }
  return all;
}

export const removeWorker = (dataDir: string, worker: string): Promise<void> =>
  rm(workerFile(dataDir, worker), { force: true });

/** Replaces a file whole; not forced to the disk, which is too much for numbers. */
async function swap(file: string, value: unknown): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, JSON.stringify(value));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(draft, JSON.stringify(value));
  }
  await rename(draft, file);
}

async function read<Content>(file: string): Promise<Content | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}
