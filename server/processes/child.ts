import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { workerFlags } from '../delivery/worker-flags.ts';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** A process that the supervisor keeps running. */
export interface ChildSpec {
  readonly name: string;
  readonly start: (firstStart: boolean) => ChildProcess;
}

const shortestWaitMs = 100;
const longestWaitMs = 5000;
/** Who ran this long had no trouble starting: the next restart waits the shortest time again. */
const steadyMs = 10_000;

/** Starts a child, and starts it again whenever it ends: at once at first, then with growing pauses. */
export class KeptChild {
  readonly #spec: ChildSpec;
  readonly #logger: Logger;
  readonly #onMessage: (message: ChildMessage, firstStart: boolean) => void;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;
  #everReady = false;
  #waitMs = shortestWaitMs;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    spec: ChildSpec,
    logger: Logger,
    onMessage: (message: ChildMessage, firstStart: boolean) => void,
  ) {
    this.#spec = spec;
    this.#logger = logger;
    this.#onMessage = onMessage;
    this.#start();
  }

  /** Tells the child, where it runs; one that is just ending may not hear it. */
  send(message: SupervisorMessage): void {
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  /** From now on the child is not started again when it ends. */
  retire(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
  }

  /** Asks the child to end and waits for it; one that does not within `withinMs` is killed. */
  async stop(withinMs: number): Promise<void> {
    this.retire();
    const child = this.#child;
    if (child === undefined) return;
    this.send({ kind: 'stop' });
    const kill = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await this.#ended;
    clearTimeout(kill);
  }

  #start(): void {
    const startedMs = performance.now();
    const firstStart = !this.#everReady;
    const child = this.#spec.start(firstStart);
    this.#child = child;
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') this.#everReady = true;
      this.#onMessage(message, firstStart);
    });
    child.on('error', (error) =>
      this.#logger.error({ child: this.#spec.name, reason: error.message }, 'child error'),
    );
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        resolve();
        if (!this.#stopping) this.#restart(startedMs, code, signal);
      });
    });
  }

  #restart(startedMs: number, code: number | null, signal: string | null): void {
    this.#waitMs =
      performance.now() - startedMs > steadyMs ? shortestWaitMs : Math.min(this.#waitMs * 2, longestWaitMs);
    this.#logger.warn(
      { child: this.#spec.name, code, signal, waitMs: this.#waitMs },
      'ended; starting it again',
    );
    this.#timer = setTimeout(() => this.#start(), this.#waitMs);
  }
}

/** A process of its own. */
export function plainChild(name: string, script: URL): ChildSpec {
  return {
    name,
    start: (firstStart) => fork(script, firstStart ? ['--first-start'] : [], { stdio: 'inherit' }),
  };
}

/**
 * A process that shares its listening port with the others of the cluster. The operating system hands out the
 * connections: passing each one on from here would cost every worker its rate.
 */
export function portSharingChild(name: string, script: URL): ChildSpec {
  return {
    name,
    start: (firstStart) => {
      cluster.schedulingPolicy = cluster.SCHED_NONE;
      cluster.setupPrimary({
        exec: script.pathname,
        args: firstStart ? ['--first-start'] : [],
        execArgv: [...process.execArgv, ...workerFlags],
      });
      const worker = cluster.fork();
      // It repeats the errors of its process, which are listened for there; unheard, one would end the supervisor.
      worker.on('error', () => undefined);
      return worker.process;
    },
  };
}
