import { setTimeout as pause } from 'node:timers/promises';
import type { JobLedger } from './ledger.ts';

const askEveryMs = 250;

/**
 * Takes jobs so that nobody runs them, waiting for the runs under way.
 * @returns lets them go again. Rejects where the signal ends the waiting.
 */
export async function holdJobs(
  ledger: JobLedger,
  jobs: readonly string[],
  now: () => number,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const held: string[] = [];
  const release = async () => {
    for (const job of held.splice(0)) await ledger.end(job, { outcome: 'interrupted' });
  };
  try {
    await ledger.standings(jobs, now());
    // Always in the same order, so that two that want the same ones do not wait for each other.
    for (const job of [...jobs].sort()) {
      while (!(await ledger.take(job, now(), undefined))) await pause(askEveryMs, undefined, { signal });
      held.push(job);
    }
    return release;
  } catch (error) {
    await release();
    throw signal.aborted ? new Error(`It waited in vain for the end of ${jobs.join(', ')}.`) : error;
  }
}
