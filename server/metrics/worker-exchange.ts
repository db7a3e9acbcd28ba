import type { GeoDb } from '../../geo-db/index.ts';
import type { MachineState } from './machine-state.ts';
import { readMachine, writeWorker } from './metrics-files.ts';
import type { WorkerCounters } from './worker-counters.ts';

export interface WorkerExchangeOptions {
  readonly dataDir: string;
  readonly worker: string;
  readonly counters: WorkerCounters;
  readonly log: () => {
    readonly error: unknown;
    readonly writtenEvents: number;
    readonly lostEvents: number;
  };
  readonly geo: Pick<GeoDb, 'metadata'>;
  readonly now: () => number;
}

const everyMs = 5000;

export interface WorkerExchange {
  /** What the machine's back office or agent has said last. */
  machine(): MachineState | undefined;
  stop(): Promise<void>;
}

/** A worker's side: tells its numbers every five seconds as a file, and reads how the machine is. */
export function startWorkerExchange(options: WorkerExchangeOptions): WorkerExchange {
  const { dataDir, worker, counters, log, geo, now } = options;
  let machine: MachineState | undefined;
  let running: Promise<void> | undefined;
  const tell = async (runs: 0 | 1): Promise<void> => {
    const { error, writtenEvents, lostEvents } = log();
    const { buildDate } = geo.metadata();
    const atMs = now();
    const age = buildDate === undefined ? undefined : Math.max(0, atMs - buildDate.getTime()) / 1000;
    const samples = {
      ...counters.samples(),
      signpost_log_events_written_total: writtenEvents,
      signpost_log_events_lost_total: lostEvents,
      signpost_log_writable: error === undefined ? 1 : 0,
      signpost_workers: runs,
      ...(age === undefined ? {} : { signpost_location_database_age_seconds: age }),
    };
    // A disk that takes no numbers takes no events either, and that is told of already.
    await writeWorker(dataDir, { worker, atMs, samples }).catch(() => undefined);
    machine = await readMachine(dataDir);
  };
  const round = (): void => {
    running ??= tell(1).finally(() => {
      running = undefined;
    });
  };
  round();
  const timer = setInterval(round, everyMs).unref();
  return {
    machine: () => machine,
    async stop() {
      clearInterval(timer);
      await running;
      await tell(0);
    },
  };
}
