import { isRunning } from '../../analytics/index.ts';
import { processOf } from './pacing-files.ts';
import type { WorkerReport } from './protocol.ts';

/** Tells which reports are the last of workers that have ended. */
export class EndedWorkers {
  #gone = new Set<string>();

  /** Those whose process was gone already when reports were last looked at: nothing newer than this report can be there. */
  among(reports: readonly WorkerReport[]): WorkerReport[] {
    const before = this.#gone;
    const gone = reports.filter(({ worker }) => {
      const owner = processOf(worker);
      return owner !== undefined && !isRunning(owner);
    });
    this.#gone = new Set(gone.map(({ worker }) => worker));
    return gone.filter(({ worker }) => before.has(worker));
  }
}
