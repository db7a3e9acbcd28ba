import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { TrialRestore } from '../backup/index.ts';

/** How the process of a trial ended. */
export type TrialOutcome = { readonly problem: string | undefined };

/**
 * A trial in a process of its own: one process holds one embedded ClickHouse, and a fault in its native code must not
 * end the back office.
 */
export function tryRestore(backupDir: string): TrialRestore {
  return async (directory, scratch, signal) => {
    const script = new URL('./trial-restore.js', import.meta.url);
    const child = fork(script, [directory, backupDir, scratch], { stdio: 'inherit', signal });
    let outcome: TrialOutcome | undefined;
    child.on('message', (message: TrialOutcome) => {
      outcome = message;
    });
    // The signal kills it, which is told as an error beside its end.
    child.on('error', () => undefined);
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
    signal.throwIfAborted();
    const problem = outcome === undefined ? `its process ended with ${code ?? killedBy}` : outcome.problem;
    if (problem !== undefined) throw new Error(`The backup could not be restored for a trial: ${problem}`);
  };
}
