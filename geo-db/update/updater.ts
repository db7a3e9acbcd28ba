import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { discardPart, download, type Validators } from './download.ts';
import { install, verifyChecksum } from './install.ts';
import { nextCheckMs } from './plan.ts';
import { type DownloadSource, shownUrl, sourceId } from './source.ts';
import { type DownloadState, freshState, readState, writeState } from './state.ts';
import { GeoDbUpdateError, type UpdateProblem } from './update-error.ts';

export interface GeoDbUpdaterOptions {
  /** Where the files are put, as `<name>.mmdb`. Made where it does not exist. */
  readonly folder: string;
  readonly sources: readonly DownloadSource[];
  /** Most bytes of a download, packed and unpacked. Default: 2 GB. */
  readonly maxBytes?: number;
  /** Milliseconds without a byte after which a download counts as broken. Default: 30,000. */
  readonly idleMs?: number;
  /** Attempts in one run, each of which continues where the last one broke off. Default: 3. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, then twice as many each time. Default: 5,000. */
  readonly retryMs?: number;
}

export interface UpdateRun {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Told of each file looked after; holds no keys. */
  readonly onOutcome?: (outcome: UpdateOutcome) => void;
}

export interface UpdateOutcome {
  readonly name: string;
  readonly outcome: 'updated' | 'unchanged' | 'failed';
  readonly buildDate?: Date;
  readonly problem?: UpdateProblem;
  readonly reason?: string;
}

export interface UpdateDemand {
  /** Takes the file also where it has not changed, or is older than the one in use. */
  readonly force: boolean;
}

/** What is known of one download. Times are milliseconds since 1970; 0: never. */
export interface UpdateState {
  readonly name: string;
  /** Without query. */
  readonly url: string;
  readonly installed: boolean;
  readonly checkedAtMs: number;
  readonly updatedAtMs: number;
  readonly nextCheckMs: number;
  readonly failures: number;
  readonly problem: { readonly kind: UpdateProblem; readonly reason: string } | undefined;
}

/** Keeps downloaded location databases up to date. One at a time for a folder. */
export class GeoDbUpdater {
  readonly #options: Required<GeoDbUpdaterOptions>;
  #demand: UpdateDemand | undefined;

  constructor(options: GeoDbUpdaterOptions) {
    this.#options = { maxBytes: 2 ** 31, idleMs: 30_000, attempts: 3, retryMs: 5000, ...options };
  }

  /** Whether there is anything to download. */
  get active(): boolean {
    return this.#options.sources.length > 0;
  }

  /** The next run looks after every source, due or not. */
  demand(demand: UpdateDemand): void {
    this.#demand = demand;
  }

  /**
   * Looks after the sources that are due, one after the other: downloads, verifies, opens, and puts the file in its
   * place. A failure leaves everything as it was, is remembered, and does not keep the others from their turn.
   */
  async run(run: UpdateRun): Promise<readonly UpdateOutcome[]> {
    const demand = this.#demand;
    this.#demand = undefined;
    const outcomes: UpdateOutcome[] = [];
    for (const source of this.#options.sources) {
      if (run.signal.aborted) break;
      const state = await this.#stateOf(source);
      if (demand === undefined && (await this.#next(source, state)) > run.now()) continue;
      const outcome = await this.#lookAfter(source, state ?? freshState(sourceId(source)), demand, run);
      outcomes.push(outcome);
      run.onOutcome?.(outcome);
    }
    return outcomes;
  }

  async status(): Promise<readonly UpdateState[]> {
    return Promise.all(
      this.#options.sources.map(async (source) => {
        const state = await this.#stateOf(source);
        const { checkedAtMs, updatedAtMs, failures, problem } = state ?? freshState('');
        return {
          name: source.name,
          url: shownUrl(source.url),
          installed: await this.#installed(source),
          ...{ checkedAtMs, updatedAtMs, failures, problem },
          nextCheckMs: await this.#next(source, state),
        };
      }),
    );
  }

  async #lookAfter(
    source: DownloadSource,
    state: DownloadState,
    demand: UpdateDemand | undefined,
    run: UpdateRun,
  ): Promise<UpdateOutcome> {
    const { name } = source;
    const { folder } = this.#options;
    const checkedAtMs = run.now();
    try {
      await mkdir(folder, { recursive: true });
      const result = await this.#bring(source, state, demand?.force === true, run.signal);
      const checked = { ...state, ...validatorsOf(result, state), checkedAtMs, failures: 0 };
      if (result.kind === 'older') {
        const problem = { kind: result.kind, reason: result.reason };
        await writeState(folder, name, { ...checked, problem });
        return { name, outcome: 'failed', problem: result.kind, reason: result.reason };
      }
      if (result.kind === 'unchanged') {
        const stillOlder = state.problem?.kind === 'older' ? state.problem : undefined;
        await writeState(folder, name, { ...checked, problem: stillOlder });
        return { name, outcome: 'unchanged' };
      }
      await writeState(folder, name, { ...checked, updatedAtMs: run.now(), problem: undefined });
      return { name, outcome: 'updated', buildDate: result.buildDate };
    } catch (error) {
      const { problem: kind, message: reason } = updateError(error);
      const failed = { ...state, checkedAtMs, failures: state.failures + 1, problem: { kind, reason } };
      // That the process ends is no failure; where the disk is full the reason is told, and forgotten.
      if (!run.signal.aborted) await writeState(folder, name, failed).catch(() => undefined);
      return { name, outcome: 'failed', problem: kind, reason };
    }
  }

  async #bring(
    source: DownloadSource,
    state: DownloadState,
    force: boolean,
    signal: AbortSignal,
  ): Promise<Brought> {
    const { attempts, retryMs } = this.#options;
    for (let failed = 1; ; failed++) {
      try {
        return await this.#bringOnce(source, state, force, signal);
      } catch (error) {
        const { problem } = updateError(error);
        if (problem !== 'unreachable') await discardPart(this.#partFile(source));
        const again = problem === 'unreachable' || problem === 'checksum';
        if (!again || failed >= attempts || signal.aborted) throw error;
        await sleep(retryMs * 2 ** (failed - 1), undefined, { signal });
      }
    }
  }

  async #bringOnce(
    source: DownloadSource,
    state: DownloadState,
    force: boolean,
    signal: AbortSignal,
  ): Promise<Brought> {
    const { folder, maxBytes, idleMs } = this.#options;
    const partFile = this.#partFile(source);
    const installed = await this.#installed(source);
    const have = installed && !force ? state : undefined;
    const got = await download({ source, partFile, have, maxBytes, idleMs, signal });
    if (got.kind === 'unchanged') return got;
    await verifyChecksum(source, partFile, signal, idleMs);
    const compare = !force && (source.nameTellsDatabase || state.updatedAtMs > 0);
    try {
      const buildDate = await install({ folder, name: source.name, partFile, maxBytes, compare });
      return { kind: 'installed', validators: got.validators, buildDate };
    } catch (error) {
      if (!(error instanceof GeoDbUpdateError) || error.problem !== 'older') throw error;
      return { kind: 'older', validators: got.validators, reason: error.message };
    } finally {
      await discardPart(partFile);
    }
  }

  #partFile({ name }: DownloadSource): string {
    return join(this.#options.folder, `.${name}.part`);
  }

  #stateOf(source: DownloadSource): Promise<DownloadState | undefined> {
    return readState(this.#options.folder, source.name, sourceId(source));
  }

  async #next(source: DownloadSource, state: DownloadState | undefined): Promise<number> {
    return nextCheckMs(state, await this.#installed(source), `${hostname()} ${this.#options.folder}`);
  }

  async #installed({ name }: DownloadSource): Promise<boolean> {
    try {
      return (await stat(join(this.#options.folder, `${name}.mmdb`))).isFile();
    } catch {
      return false;
    }
  }
}

type Brought =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'installed'; readonly validators: Validators; readonly buildDate: Date }
  | { readonly kind: 'older'; readonly validators: Validators; readonly reason: string };

function validatorsOf(result: Brought, state: DownloadState): Validators {
  const { etag, lastModified } = result.kind === 'unchanged' ? state : result.validators;
  return { etag, lastModified };
}

function updateError(error: unknown): GeoDbUpdateError {
  if (error instanceof GeoDbUpdateError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  return name === 'AbortError'
    ? new GeoDbUpdateError('unreachable', 'The process is ending.', error)
    : new GeoDbUpdateError('disk', `The file cannot be read or written (${code ?? name}).`, error);
}
