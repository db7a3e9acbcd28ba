import { readFile, stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../database/index.ts';
import { readSnapshot, type SnapshotLineItem, snapshotPath, TimeSlices } from '../inventory/index.ts';
import { PacingController, type Round } from './controller.ts';
import { curveChoice } from './curve-choice.ts';
import { EndedWorkers } from './ended-workers.ts';
import { machineName } from './machine-name.ts';
import { makePacingDirectory, readReports, removeWorkerFiles, writeLeases } from './pacing-files.ts';
import { PacingStore } from './pacing-store.ts';
import type { Standing } from './standing.ts';

export interface PacingOfficeOptions {
  readonly db: Kysely<Tables>;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default: the clock's. */
  readonly now?: () => number;
  /** Default 1000. */
  readonly everyMs?: number;
}

const holdEveryMs = 3000;
/** What was counted, and gave nobody a lease, is kept this often: a controller that begins anew reads the reports again. */
const keepEveryMs = 5000;
const curvesEveryMs = 60_000;
/** Reports and the API wait no longer than this for a new inventory to be read. */
const sliceMs = 20;
const complainEveryMs = 60_000;

/** Runs the controller: brings it the reports, keeps its state, then carries the leases away. */
export class PacingOffice {
  readonly #store: PacingStore;
  readonly #options: PacingOfficeOptions;
  /** The same after a restart: the data directory has one back office, which goes on at once where it was killed. */
  #owner = '';
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #controller: PacingController | undefined;
  #lineItems: readonly SnapshotLineItem[] = [];
  #snapshotVersion = '';
  #heldMs = Number.NEGATIVE_INFINITY;
  #keptMs = 0;
  #curvesMs = Number.NEGATIVE_INFINITY;
  #complainedMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  readonly #ended = new EndedWorkers();
  /** Dirty line items that could not be kept yet. */
  readonly #unkept = new Set<number>();

  constructor(options: PacingOfficeOptions) {
    this.#options = options;
    this.#store = new PacingStore(options.db);
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => void this.roundNow(), options.everyMs ?? 1000);
  }

  /** The controller, where this process is the one that has it. */
  get controller(): PacingController | undefined {
    return this.#controller;
  }

  /**
   * Where line items with a goal or a budget stand, by their ids: by the books of this process, or by those that were
   * kept last where another one has the controller.
   */
  async standings(
    lineItems: readonly SnapshotLineItem[],
    nowMs: number,
  ): Promise<ReadonlyMap<number, Standing>> {
    const books =
      this.#controller ??
      new PacingController(await this.#store.states(), curveChoice(await this.#store.curves()));
    return new Map(
      lineItems
        .filter(({ goal, budget }) => goal !== undefined || budget !== undefined)
        .map((lineItem) => [lineItem.id, books.standing(lineItem, nowMs)]),
    );
  }

  /** One round, or the one that is under way. Never rejects: what fails is logged, and nothing is handed out. */
  roundNow(): Promise<void> {
    this.#running ??= this.#round()
      .catch((error: unknown) => this.#complain(error))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Keeps everything, and leaves the place to the next one. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    if (this.#controller === undefined) return;
    try {
      if (await this.#keep([...this.#controller.takeDirty()])) await this.#store.release(this.#owner);
    } catch (error) {
      this.#complain(error);
    }
    this.#controller = undefined;
  }

  async #round(): Promise<void> {
    const { dataDir, logger } = this.#options;
    await this.#readSnapshot();
    await makePacingDirectory(dataDir);
    // Where nothing is paced there is nothing to hold, keep or hand out.
    if (this.#controller === undefined && this.#lineItems.length === 0) return;
    const controller = await this.#held();
    if (controller === undefined) return;
    const nowMs = this.#now();
    await this.#readCurves(controller, nowMs);
    const local = await readReports(dataDir, (worker, error) =>
      logger.warn({ worker, reason: error.message }, 'a pacing report cannot be read'),
    );
    const remote = await this.#store.remoteReports();
    for (const report of local) controller.receive(report, nowMs);
    for (const { report } of remote) controller.receive(report, nowMs);
    const round = controller.round(nowMs);
    const ended = this.#ended.among(local);
    const endedRemote = remote.filter((each) => each.ended).map(({ report }) => report);
    if (!(await this.#keepRound(controller, round, ended.length + endedRemote.length > 0, nowMs))) return;
    await this.#handOut(round, new Set(remote.map(({ report }) => report.worker)));
    for (const { worker } of ended) {
      await removeWorkerFiles(dataDir, worker);
      controller.removed(worker);
    }
    for (const { worker } of endedRemote) {
      await this.#store.removeRemote(worker);
      controller.removed(worker);
    }
  }

  /** Takes or renews the place of the controller; a new one begins with what was kept. */
  async #held(): Promise<PacingController | undefined> {
    if (this.#now() - this.#heldMs < holdEveryMs) return this.#controller;
    if (this.#owner === '') this.#owner = await machineName(this.#options.dataDir);
    if (!(await this.#store.hold(this.#owner))) {
      this.#controller = undefined;
      return undefined;
    }
    this.#heldMs = this.#now();
    if (this.#controller === undefined) {
      this.#unkept.clear();
      this.#curvesMs = Number.NEGATIVE_INFINITY;
      this.#controller = new PacingController(await this.#store.states());
      this.#controller.setLineItems(this.#lineItems, this.#now());
    }
    return this.#controller;
  }

  async #keepRound(
    controller: PacingController,
    { changed }: Round,
    all: boolean,
    nowMs: number,
  ): Promise<boolean> {
    for (const id of controller.takeDirty()) this.#unkept.add(id);
    if (!all && nowMs - this.#keptMs < keepEveryMs) return this.#keep(changed);
    const kept = await this.#keep([...new Set([...changed, ...this.#unkept])]);
    if (kept) this.#keptMs = nowMs;
    return kept;
  }

  async #keep(ids: readonly number[]): Promise<boolean> {
    const controller = this.#controller;
    if (controller === undefined) return false;
    const states = ids.flatMap((id) => {
      const state = controller.state(id);
      return state === undefined ? [] : [[id, state] as const];
    });
    if (states.length > 0 && !(await this.#store.keep(this.#owner, states))) {
      this.#controller = undefined;
      this.#heldMs = Number.NEGATIVE_INFINITY;
      return false;
    }
    for (const id of ids) this.#unkept.delete(id);
    return true;
  }

  async #handOut({ leases }: Round, remote: ReadonlySet<string>): Promise<void> {
    for (const each of leases) {
      if (each.items.length === 0) continue;
      if (remote.has(each.worker)) await this.#store.grantRemote(each);
      else await writeLeases(this.#options.dataDir, each);
    }
  }

  async #readSnapshot(): Promise<void> {
    const path = snapshotPath(this.#options.dataDir);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return;
    const version = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (version === this.#snapshotVersion) return;
    const snapshot = await readSnapshot(await readFile(path), new TimeSlices(sliceMs));
    this.#lineItems = snapshot.lineItems.filter(
      ({ goal, budget }) => goal !== undefined || budget !== undefined,
    );
    this.#controller?.setLineItems(this.#lineItems, this.#now());
    this.#snapshotVersion = version;
  }

  async #readCurves(controller: PacingController, nowMs: number): Promise<void> {
    if (nowMs - this.#curvesMs < curvesEveryMs) return;
    controller.setCurves(curveChoice(await this.#store.curves()));
    this.#curvesMs = nowMs;
  }

  #complain(error: unknown): void {
    const nowMs = Date.now();
    if (nowMs - this.#complainedMs < complainEveryMs) return;
    this.#complainedMs = nowMs;
    this.#options.logger.error(
      { err: error },
      'no leases can be handed out; line items with a goal or budget stop when theirs are used up',
    );
  }
}
