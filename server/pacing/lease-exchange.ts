import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { ownIdentity } from '../../analytics/index.ts';
import { leaseFile, makePacingDirectory, reportFile, swapFile } from './pacing-files.ts';
import { parseLeases } from './protocol.ts';
import type { LeaseAccounts } from './worker-leases.ts';

/** Names this process as a worker: no other process, on this machine or another, has or will have the name. */
export function workerName(): string {
  const { pid, started } = ownIdentity();
  return `${pid}_${started}_${randomBytes(6).toString('hex')}`;
}

export interface LeaseExchangeOptions {
  readonly dataDir: string;
  readonly worker: string;
  readonly accounts: LeaseAccounts;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: Error) => void;
}

/** So often leases are read, and what has run out is given back. */
const everyMs = 250;
/** So often a report is written, also where nothing happened: it is the worker's sign of life. */
const reportEveryMs = 500;

/** A worker's side of pacing: reads its leases and writes its reports, as files of the data directory. */
export async function startLeaseExchange(options: LeaseExchangeOptions): Promise<{ stop(): Promise<void> }> {
  const { dataDir, worker, accounts, now, onError } = options;
  const file = leaseFile(dataDir, worker);
  let seen = '';
  // Monotonic: a clock that is set back must not keep a worker silent.
  let reportedMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  let running: Promise<void> | undefined;

  const readLeases = async (): Promise<void> => {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found === undefined) return;
    const version = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (version === seen) return;
    const content = await readFile(file, 'utf8');
    seen = version;
    accounts.apply(parseLeases(content), now());
  };
  const report = async (): Promise<void> => {
    reportedMs = performance.now();
    await swapFile(reportFile(dataDir, worker), JSON.stringify(accounts.report(now())));
  };
  const look = async (): Promise<void> => {
    accounts.expire(now());
    try {
      await readLeases();
      if (performance.now() - reportedMs >= reportEveryMs) await report();
      failing = false;
    } catch (error) {
      if (!failing) onError(error as Error);
      failing = true;
    }
  };
  const start = (): void => {
    running ??= look().finally(() => {
      running = undefined;
    });
  };
  await makePacingDirectory(dataDir).catch(onError);
  start();
  await running;
  const timer = setInterval(start, everyMs).unref();
  return {
    /** The last report says everything; the lease that is left runs out. */
    async stop() {
      clearInterval(timer);
      await running;
      accounts.expire(Number.POSITIVE_INFINITY);
      await report().catch(onError);
    },
  };
}
