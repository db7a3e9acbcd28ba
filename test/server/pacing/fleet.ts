import { decide, InventoryIndex } from '../../../server/delivery/index.ts';
import type { InventorySnapshot, SnapshotLineItem } from '../../../server/inventory/index.ts';
import {
  type CurveOf,
  type EventCounts,
  LeaseAccounts,
  type LedgerState,
  PacingController,
  type WorkerLeases,
  type WorkerReport,
} from '../../../server/pacing/index.ts';
import { facts } from '../../support/facts.ts';

/** What became of an ad handed out, for tests: how likely and after how long. */
export interface Visitors {
  /** Milliseconds until the impression; undefined: there is none. */
  impressionAfterMs(): number | undefined;
  viewableAfterMs(): number | undefined;
  clickAfterMs(): number | undefined;
}

export interface FleetOptions {
  readonly lineItems: readonly SnapshotLineItem[];
  readonly workers: number;
  readonly startMs: number;
  readonly random: () => number;
  readonly visitors: Visitors;
  readonly curveOf?: CurveOf;
  /** Part of the impression beacons that come twice, until the reconciliation takes them out. */
  readonly duplicates?: number;
  /** Whether a calendar day begins now, in the time zone of the line items. */
  readonly dayBegins?: (nowMs: number) => boolean;
}

export const stepMs = 1000;
const nowhere = facts({});
const types = ['impression', 'viewable', 'click'] as const;
const metricOf = { impression: 'impressions', viewable: 'viewable', click: 'clicks' } as const;

interface Beacon {
  readonly type: (typeof types)[number];
  readonly lineItemId: number;
  readonly decidedMs: number;
}

/** What really happened to a line item. */
export interface Truth extends EventCounts {
  ads: number;
}

/**
 * Workers and a controller on a simulated clock, joined as in production: reports and leases are carried as JSON, the
 * controller's state is what was last kept. Nothing here paces or limits; that is all the product's own code.
 */
export class Fleet {
  readonly truth = new Map<number, Truth>();
  nowMs: number;
  readonly #options: FleetOptions;
  readonly #inventory: InventoryIndex;
  readonly #store = new Map<number, string>();
  readonly #leaseFiles = new Map<string, WorkerLeases>();
  readonly #reportFiles = new Map<string, WorkerReport>();
  readonly #beacons = new Map<number, Beacon[]>();
  /** Truth at the end of each of the last minutes, for the reconciliation. */
  readonly #minutes: { untilMs: number; counts: Map<number, Truth> }[] = [];
  #atDayStart = new Map<number, Truth>();
  #workers: { name: string; accounts: LeaseAccounts }[] = [];
  #controller: PacingController | undefined;
  #dead: { name: string; removedMs: number }[] = [];
  #named = 0;
  #officeBackMs = 0;
  #dies: { atMs: number; awayMs: number; all: boolean } | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.nowMs = options.startMs;
    this.#inventory = new InventoryIndex(snapshotOf(options.lineItems), '');
    for (let at = 0; at < options.workers; at++) this.#workers.push(this.#newWorker());
    for (const { id } of options.lineItems) {
      this.truth.set(id, { ads: 0, impressions: 0, viewable: 0, clicks: 0 });
    }
  }

  /** kill -9: what was not reported is lost with it; another worker takes its place. */
  killWorker(at: number): void {
    const dead = this.#workers[at];
    if (dead !== undefined) this.#dead.push({ name: dead.name, removedMs: this.nowMs + 60_000 });
    this.#workers[at] = this.#newWorker();
  }

  /** kill -9 within the next seconds: a new back office begins with what was kept. */
  killOffice(awayMs: number): void {
    this.#dies ??= { atMs: this.nowMs + 4000, awayMs, all: true };
  }

  state(id: number): LedgerState | undefined {
    return this.#controller?.state(id);
  }

  /** Half a second, with so many ad requests. */
  step(requests: number): void {
    this.nowMs += stepMs;
    const now = this.nowMs;
    this.#arrive();
    for (const { accounts } of this.#workers) accounts.expire(now);
    for (let request = 0; request < requests; request++) this.#request();
    for (const { name, accounts } of this.#workers) {
      this.#reportFiles.set(name, accounts.report(now));
      const leases = this.#leaseFiles.get(name);
      if (leases !== undefined) accounts.apply(leases, now);
    }
    if (now % 1000 === 0 && now >= this.#officeBackMs) this.#round();
    if (now % 60_000 === 0) this.#minuteEnds();
  }

  #request(): void {
    const { random, visitors } = this.#options;
    const worker = this.#workers[Math.floor(random() * this.#workers.length)];
    const zone = this.#inventory.zone(1);
    if (worker === undefined || zone === undefined) throw new Error('no worker or zone');
    const asked = { ...nowhere, nowMs: this.nowMs };
    const decision = decide(this.#inventory, zone, asked, random, { allowance: worker.accounts });
    if (decision.noFill !== undefined) return;
    const { slot, lineItem } = decision.candidate;
    worker.accounts.spend(slot);
    this.#truthOf(lineItem.id).ads++;
    const after = visitors.impressionAfterMs();
    if (after === undefined) return;
    const decidedMs = this.nowMs;
    this.#send('impression', lineItem.id, decidedMs, after);
    for (const [type, more] of [
      ['viewable', visitors.viewableAfterMs()],
      ['click', visitors.clickAfterMs()],
    ] as const) {
      if (more !== undefined) this.#send(type, lineItem.id, decidedMs, after + more);
    }
  }

  #send(type: Beacon['type'], lineItemId: number, decidedMs: number, afterMs: number): void {
    const step = Math.ceil((decidedMs + Math.max(1, afterMs)) / stepMs) * stepMs;
    const list = this.#beacons.get(step);
    if (list === undefined) this.#beacons.set(step, [{ type, lineItemId, decidedMs }]);
    else list.push({ type, lineItemId, decidedMs });
  }

  #arrive(): void {
    const { random, duplicates = 0 } = this.#options;
    for (const { type, lineItemId, decidedMs } of this.#beacons.get(this.nowMs) ?? []) {
      this.#truthOf(lineItemId)[metricOf[type]]++;
      for (let copy = random() < duplicates ? 2 : 1; copy > 0; copy--) {
        const worker = this.#workers[Math.floor(random() * this.#workers.length)];
        worker?.accounts.count(type, lineItemId, decidedMs, this.nowMs);
      }
    }
    this.#beacons.delete(this.nowMs);
  }

  #round(): void {
    const { lineItems, curveOf } = this.#options;
    if (this.#controller === undefined) {
      const states = [...this.#store].map(([id, text]) => [id, JSON.parse(text) as LedgerState] as const);
      this.#controller = new PacingController(states, curveOf);
      this.#controller.setLineItems(lineItems, this.nowMs);
    }
    for (const report of this.#reportFiles.values()) this.#controller.receive(report, this.nowMs);
    for (const { name } of this.#dead.filter(({ removedMs }) => removedMs <= this.nowMs)) {
      this.#reportFiles.delete(name);
      this.#controller.removed(name);
    }
    this.#dead = this.#dead.filter(({ removedMs }) => removedMs > this.nowMs);
    const { leases, changed } = this.#controller.round(this.nowMs);
    if (this.#dies !== undefined) this.#keep(this.#controller, this.#dies.all, changed);
    for (const each of leases) this.#leaseFiles.set(each.worker, each);
    if (this.#dies === undefined) return;
    this.#dies.all = false;
    if (this.nowMs < this.#dies.atMs) return;
    this.#controller = undefined;
    this.#officeBackMs = this.nowMs + this.#dies.awayMs;
    this.#dies = undefined;
  }

  /** What is kept is of interest only where it is read again: before a death it is everything once, then grants. */
  #keep(controller: PacingController, all: boolean, changed: readonly number[]): void {
    for (const id of all ? this.#options.lineItems.map((lineItem) => lineItem.id) : changed) {
      const state = controller.state(id);
      if (state !== undefined) this.#store.set(id, JSON.stringify(state));
    }
  }

  #minuteEnds(): void {
    const counts = new Map([...this.truth].map(([id, truth]) => [id, { ...truth }]));
    if (this.#options.dayBegins?.(this.nowMs)) this.#atDayStart = counts;
    this.#minutes.push({ untilMs: this.nowMs, counts });
    if (this.#minutes.length > 3) this.#minutes.shift();
    const [shipped] = this.#minutes;
    if (this.nowMs % 300_000 !== 0 || shipped === undefined || this.#controller === undefined) return;
    for (const [id, counted] of shipped.counts) {
      const before = this.#atDayStart.get(id);
      const today = {
        impressions: counted.impressions - (before?.impressions ?? 0),
        viewable: counted.viewable - (before?.viewable ?? 0),
        clicks: counted.clicks - (before?.clicks ?? 0),
      };
      this.#controller.correct(id, counted, today, shipped.untilMs);
    }
  }

  #truthOf(id: number): Truth {
    const truth = this.truth.get(id);
    if (truth === undefined) throw new Error(`no line item ${id}`);
    return truth;
  }

  #newWorker() {
    const name = `worker-${++this.#named}`;
    const accounts = new LeaseAccounts(name);
    accounts.bind(this.#options.lineItems);
    return { name, accounts };
  }
}

export function pacedLineItem(id: number, terms: Partial<SnapshotLineItem>): SnapshotLineItem {
  return {
    id,
    campaignId: id + 100,
    advertiserId: id + 200,
    type: 'standard',
    weight: 1,
    startMs: null,
    endMs: null,
    targeting: null,
    creativeIds: [id],
    ...terms,
  };
}

function snapshotOf(lineItems: readonly SnapshotLineItem[]): InventorySnapshot {
  return {
    version: 1,
    madeAtMs: 0,
    sites: [{ id: 1, domain: 'news.example' }],
    zones: [{ id: 1, siteId: 1, sizes: [[300, 250]] }],
    lineItems,
    creatives: lineItems.map(({ id }) => ({
      id,
      type: 'image',
      width: 300,
      height: 250,
      asset: 'a.png',
      alt: '',
      clickUrl: 'https://example.com/',
    })),
    landings: [],
  };
}
