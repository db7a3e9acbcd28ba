import { setTimeout as pause } from 'node:timers/promises';
import { locatedAddresses } from '../support/addresses.ts';
import { pick } from '../support/random.ts';
import { type Signpost, startSignpost, until, waitingSegments } from '../support/signpost.ts';
import { type Evidence, evidence, type StoredCounts } from './evidence.ts';
import { Load } from './load.ts';

/**
 * What is killed: one process, all of them at once, or all of them while they are only starting again. `stop` kills
 * nothing: it is the orderly end, under the same load.
 */
export const victims = ['worker', 'office', 'supervisor', 'everything', 'start', 'stop'] as const;
export type Victim = (typeof victims)[number];

export interface KillOptions {
  /** One for each round, in turn. */
  readonly victims: readonly Victim[];
  readonly workers: number;
  /** A kill comes after at most so many further acknowledged events. */
  readonly mostBetween: number;
  readonly random: () => number;
}

export interface Round {
  readonly victim: Victim;
  /** From the kill to the first answer to an ad request sent after it. */
  readonly adsAfterMs: number;
  /** From the kill until all parts answered again. */
  readonly readyAfterMs: number;
  /** From the kill until what it left over had ended, too. */
  readonly goneAfterMs: number;
  /** Requests that failed until then. */
  readonly failed: number;
}

export interface KillOutcome {
  readonly rounds: readonly Round[];
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly unlogged: number;
  readonly evidence: Evidence;
  readonly stored: StoredCounts;
  /** Raw events that went into the rollups. */
  readonly rolledUp: number | undefined;
  /** What the reports said in the end: from raw events, and from the rollups. */
  readonly reported: StoredCounts;
  readonly reportedFromRollups: StoredCounts;
  /** Page views by the visitors report. */
  readonly visitorPageViews: number;
  /** Reports in between that said more than was sent, or less than before. */
  readonly wrongReports: readonly string[];
  readonly log: string;
}

const visitorsAtOnce = 12;
const recoveryLimitMs = 60_000;
/** Shorter than by default: more segments to ship, and more moments at which a kill can do harm. */
const segmentMs = 150;

/** Kills parts of the running product under load, one after the other, and looks at what became of each event. */
export async function killRounds(options: KillOptions): Promise<KillOutcome> {
  const signpost = await startSignpost({
    env: {
      WORKERS: String(options.workers),
      SPOOL_SEGMENT_MS: String(segmentMs),
      // Its visitors see one ad again and again.
      ...{ IMPRESSION_RATES: 'none', HOSTING_ASNS: 'none' },
    },
  });
  let load: Load | undefined;
  try {
    const zone = (await signpost.json<{ items: { id: number }[] }>('/zones')).items[0]?.id as number;
    load = new Load(
      signpost.delivery,
      zone,
      locatedAddresses(300, options.random),
      options.random,
      visitorsAtOnce,
    );
    const rounds: Round[] = [];
    const reports = new ReportWatch(signpost, load);
    for (const victim of options.victims) {
      const killAt = load.acknowledged + 50 + options.random() * options.mostBetween;
      const running = load;
      await until('there is load', recoveryLimitMs, () => running.acknowledged >= killAt, 1);
      if (options.random() < 0.5) await shippingUnderWay(signpost.dataDir);
      rounds.push(await killRound(signpost, load, victim, options));
      await reports.look();
    }
    await load.stop();
    await signpost.shipped();
    const reported = await totals(signpost);
    const visitors = await signpost.json<{ totals: { pageViews: number } }>('/reports/visitors');
    await signpost.stop();
    const found = await evidence(signpost.dataDir, load);
    return {
      rounds,
      sent: load.sent,
      acknowledged: load.acknowledged,
      failed: load.failed,
      unlogged: load.unlogged,
      ...found,
      reported,
      visitorPageViews: visitors.totals.pageViews,
      wrongReports: reports.wrong,
      log: signpost.log(),
    };
  } finally {
    await load?.stop();
    await signpost.dispose();
  }
}

/** Kills it under load, and waits until everything serves again. */
export async function killRound(
  signpost: Signpost,
  load: Load,
  victim: Victim,
  { random, workers }: Pick<KillOptions, 'random' | 'workers'>,
): Promise<Round> {
  const before = signpost.pids();
  const failedBefore = load.failed;
  const { supervisor, worker, office } = before;
  const everything = [...supervisor, ...worker, ...office];
  const killed = {
    worker: [pick(worker, random)],
    office,
    supervisor,
    everything,
    start: everything,
    stop: [],
  }[victim];
  const killedAtMs = Date.now();
  signpost.kill9(killed);
  load.markServing();
  if (victim === 'start') await killStarts(signpost, random);
  if (victim === 'stop') await signpost.stop();
  if (victim === 'worker' || victim === 'office') await restartedBySupervisor(signpost, killed, workers);
  // At once: what the supervisor has left behind may still run.
  else await signpost.restart();
  const readyAfterMs = Date.now() - killedAtMs;
  await until('ads are served', recoveryLimitMs, () => load.servedAtMs !== undefined, 1);
  const adsAfterMs = (load.servedAtMs ?? 0) - killedAtMs;
  const gone = victim === 'worker' || victim === 'office' ? killed : everything;
  await until('what was left over has ended', recoveryLimitMs, () => !anyRuns(signpost, gone));
  const goneAfterMs = Date.now() - killedAtMs;
  return { victim, adsAfterMs, readyAfterMs, goneAfterMs, failed: load.failed - failedBefore };
}

function anyRuns(signpost: Signpost, pids: readonly number[]): boolean {
  const { supervisor, worker, office } = signpost.pids();
  return [...supervisor, ...worker, ...office].some((pid) => pids.includes(pid));
}

/** Resolves between two segments: one has just been confirmed, and others wait. */
async function shippingUnderWay(dataDir: string): Promise<void> {
  let before: readonly string[] = [];
  await until(
    'segments are shipped',
    recoveryLimitMs,
    () => {
      const sealed = waitingSegments(dataDir).filter((name) => name.endsWith('.jsonl'));
      const underWay = sealed.length > 0 && before.some((name) => !sealed.includes(name));
      before = sealed;
      return underWay;
    },
    1,
  );
}

async function restartedBySupervisor(
  signpost: Signpost,
  killed: readonly number[],
  workers: number,
): Promise<void> {
  await until('the supervisor has started it again', recoveryLimitMs, () => {
    const { worker, office } = signpost.pids();
    return worker.length === workers && office.length === 1 && !anyRuns(signpost, killed);
  });
  await signpost.ready();
}

/** Starts it and kills it again within the two seconds that a start takes, twice. */
async function killStarts(signpost: Signpost, random: () => number): Promise<void> {
  for (let times = 0; times < 2; times++) {
    signpost.begin();
    await pause(random() * 2000);
    const { supervisor, worker, office } = signpost.pids();
    signpost.kill9([...supervisor, ...worker, ...office]);
  }
}

async function totals(signpost: Signpost): Promise<StoredCounts> {
  const report = await signpost.json<{ totals: StoredCounts }>(
    '/reports/traffic?metrics=pageViews,adRequests,impressions',
  );
  return report.totals;
}

/** Looks at the reports while all goes on: they never fall back, and never say more than was sent. */
class ReportWatch {
  readonly wrong: string[] = [];
  readonly #signpost: Signpost;
  readonly #load: Load;
  #last: StoredCounts = { pageViews: 0, adRequests: 0, impressions: 0 };

  constructor(signpost: Signpost, load: Load) {
    this.#signpost = signpost;
    this.#load = load;
  }

  async look(): Promise<void> {
    const now = await totals(this.#signpost);
    const sent: StoredCounts = {
      pageViews: this.#load.pages.sent.size,
      adRequests: this.#load.adsSent,
      impressions: this.#load.impressions.sent.size,
    };
    for (const name of ['pageViews', 'adRequests', 'impressions'] as const) {
      const [last, next, most] = [this.#last[name], now[name], sent[name]];
      if (next < last || next > most) this.wrong.push(`${name}: ${last}, then ${next} of ${most} sent`);
    }
    this.#last = now;
  }
}
