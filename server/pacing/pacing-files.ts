import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../analytics/index.ts';
import { parseReport, type WorkerLeases, type WorkerReport } from './protocol.ts';

/** Where workers and the controller of a machine leave their messages. */
export const pacingDirectory = (dataDir: string): string => join(dataDir, 'pacing');
export const reportFile = (dataDir: string, worker: string): string =>
  join(pacingDirectory(dataDir), `spent-${worker}.json`);
export const leaseFile = (dataDir: string, worker: string): string =>
  join(pacingDirectory(dataDir), `leases-${worker}.json`);

const reportName = /^spent-(.+)\.json$/;

/** The process that a worker's name was made for; undefined where the name is of another form. */
export function processOf(worker: string): ProcessIdentity | undefined {
  const [pid, started] = worker.split('_').map(Number);
  return Number.isInteger(pid) && Number.isInteger(started)
    ? { pid: pid as number, started: started as number }
    : undefined;
}

/**
 * Replaces a file so that whoever reads it sees the old content or the new. Not forced to the disk: messages are of
 * processes that run, and after a power cut none of them does.
 */
export async function swapFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, content);
  await rename(draft, file);
}

export async function makePacingDirectory(dataDir: string): Promise<void> {
  await mkdir(pacingDirectory(dataDir), { recursive: true });
}

/** All reports of this machine's workers, also of those that have ended. Broken files are given to `onBroken`. */
export async function readReports(
  dataDir: string,
  onBroken: (worker: string, error: Error) => void,
): Promise<WorkerReport[]> {
  const names = await readdir(pacingDirectory(dataDir));
  const reports: WorkerReport[] = [];
  for (const name of names) {
    const worker = reportName.exec(name)?.[1];
    if (worker === undefined) continue;
    try {
      const report = parseReport(await readFile(reportFile(dataDir, worker), 'utf8'));
      if (report.worker === worker) reports.push(report);
    } catch (error) {
      onBroken(worker, error as Error);
    }
  }
  return reports;
}

export function writeLeases(dataDir: string, leases: WorkerLeases): Promise<void> {
  return swapFile(leaseFile(dataDir, leases.worker), JSON.stringify(leases));
}

/** Takes away the messages of a worker that has ended. */
export async function removeWorkerFiles(dataDir: string, worker: string): Promise<void> {
  await rm(leaseFile(dataDir, worker), { force: true });
  await rm(reportFile(dataDir, worker), { force: true });
}
