import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { openClickHouse, searchLogs } from '../../analytics/index.ts';
import { locatedAddresses } from '../support/addresses.ts';
import { type ClickHouseFront, type Fault, startClickHouseFront } from '../support/clickhouse-front.ts';
import { pick } from '../support/random.ts';
import { type Signpost, startSignpost, until } from '../support/signpost.ts';
import { type Evidence, judge, type StoredCounts, storedQueries } from './evidence.ts';
import { type FillableDisk, fillableDisk } from './full-disk.ts';
import { killRound, type Victim } from './kills.ts';
import { Load } from './load.ts';

/** What goes wrong while visitors come. Half of the rounds also kill something in the middle of it. */
export const troubles = [
  'kill',
  'refusing',
  'cutting',
  'stalling',
  'disk full',
  'clock back',
  'clock forth',
  'torn lines',
] as const;
export type Trouble = (typeof troubles)[number];

export interface TroubleOptions {
  /** One for each round, in turn. */
  readonly troubles: readonly Trouble[];
  readonly workers: number;
  readonly random: () => number;
  /** How long a trouble lasts at most. */
  readonly mostMs: number;
  /** No further round begins after so long; what went before is judged all the same. Default: never. */
  readonly stopAfterMs?: number;
  readonly onRound?: (round: TroubleRound) => void;
}

export interface TroubleRound {
  readonly trouble: Trouble;
  readonly killed: Victim | undefined;
  readonly acknowledged: number;
  readonly failed: number;
  /** From its beginning until everything served again. */
  readonly tookMs: number;
}

export interface TroubleOutcome {
  readonly disk: FillableDisk['kind'];
  readonly rounds: readonly TroubleRound[];
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly unlogged: number;
  readonly evidence: Evidence;
  readonly stored: StoredCounts;
  /** What the report says in the end; and once more, after everything was dropped and replayed from the archive. */
  readonly reported: StoredCounts;
  readonly replayed: StoredCounts;
  /** Lines of the archive by what they are, each found once. */
  readonly archived: StoredCounts;
  /** Lines put into the spool that cannot be read, and those that were set aside. */
  readonly damagedLines: number;
  readonly rejectedLines: number;
  /** 99th percentile of an ad request's time in milliseconds: while ClickHouse answered, and while it did not. */
  readonly p99Ms: { readonly up: number; readonly down: number };
  readonly log: string;
  /** Visitors' addresses that the processes have logged. */
  readonly personalInLog: readonly string[];
}

const visitorsAtOnce = 12;
const recoveryLimitMs = 90_000;
const hourMs = 3_600_000;
const mostReplays = 5;
const anyKill: readonly Victim[] = ['worker', 'office', 'supervisor', 'everything', 'start'];
const insertFaults: readonly Fault[] = ['cut-body', 'error-after', 'cut-after', 'error-before'];

/** Runs the built product on a ClickHouse that can be made to fail, lets it run into troubles, and asks what was lost. */
export async function troubleRounds(options: TroubleOptions): Promise<TroubleOutcome> {
  const own = mkdtempSync(join(tmpdir(), 'signpost-troubles-'));
  const disk = fillableDisk();
  const front = await startClickHouseFront(own);
  let stage: Stage | undefined;
  try {
    stage = await Stage.open(options, front, disk, join(own, 'clock'));
    const rounds: TroubleRound[] = [];
    const startedMs = performance.now();
    for (const trouble of options.troubles) {
      if (performance.now() - startedMs > (options.stopAfterMs ?? Number.POSITIVE_INFINITY)) break;
      const round = await stage.round(trouble);
      options.onRound?.(round);
      rounds.push(round);
    }
    return await stage.end(rounds);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await stage?.describe()}`, { cause: error });
  } finally {
    front.fault = () => undefined;
    front.endStalls();
    await stage?.close();
    await front.close();
    disk.remove();
    rmSync(own, { recursive: true, force: true });
  }
}

class Stage {
  readonly #options: TroubleOptions;
  readonly #front: ClickHouseFront;
  readonly #disk: FillableDisk;
  readonly #clockFile: string;
  readonly #signpost: Signpost;
  readonly #load: Load;
  readonly #visitors: readonly string[];
  #damagedLines = 0;
  #segments = 0;

  private constructor(
    options: TroubleOptions,
    front: ClickHouseFront,
    disk: FillableDisk,
    clockFile: string,
    signpost: Signpost,
    load: Load,
    visitors: readonly string[],
  ) {
    this.#options = options;
    this.#front = front;
    this.#disk = disk;
    this.#clockFile = clockFile;
    this.#signpost = signpost;
    this.#load = load;
    this.#visitors = visitors;
  }

  static async open(
    options: TroubleOptions,
    front: ClickHouseFront,
    disk: FillableDisk,
    clockFile: string,
  ): Promise<Stage> {
    writeFileSync(clockFile, '0');
    const signpost = await startSignpost({
      dataDir: disk.dataDir,
      env: {
        CLICKHOUSE_URL: front.url,
        CLOCK_FILE: clockFile,
        NODE_OPTIONS: `--import ${resolve(import.meta.dirname, 'clock-shim.mjs')}`,
        WORKERS: String(options.workers),
        SPOOL_SEGMENT_MS: '150',
        LOG_ARCHIVE_DAYS: '30',
        LOG_LEVEL: 'info',
        // Its visitors see one ad again and again, and its clock jumps.
        ...{ IMPRESSION_RATES: 'none', HOSTING_ASNS: 'none' },
      },
    });
    try {
      const zone = (await signpost.json<{ items: { id: number }[] }>('/zones')).items[0]?.id as number;
      const addresses = locatedAddresses(300, options.random);
      const load = new Load(signpost.delivery, zone, addresses, options.random, visitorsAtOnce);
      const visitors = addresses.map(({ address }) => address);
      return new Stage(options, front, disk, clockFile, signpost, load, visitors);
    } catch (error) {
      await signpost.dispose();
      throw error;
    }
  }

  /** Brings the trouble on, perhaps kills something in the middle of it, and ends it; the load goes on all the while. */
  async round(trouble: Trouble): Promise<TroubleRound> {
    const { random, mostMs, workers } = this.#options;
    const load = this.#load;
    const from = load.acknowledged + 20 + random() * 200;
    await until('there is load', recoveryLimitMs, () => load.acknowledged >= from, 2);
    const before = { acknowledged: load.acknowledged, failed: load.failed, at: Date.now() };
    const end = this.#begin(trouble);
    const lasts = mostMs * random();
    const killed = trouble === 'kill' || random() < 0.3 ? pick(anyKill, random) : undefined;
    await pause(lasts * (killed === undefined ? 1 : random()));
    // On a full disk nothing starts: what is killed there comes back when there is room.
    if (trouble === 'disk full') end();
    if (killed !== undefined) await killRound(this.#signpost, load, killed, { random, workers });
    end();
    await this.#recovered();
    return {
      trouble,
      killed,
      acknowledged: load.acknowledged - before.acknowledged,
      failed: load.failed - before.failed,
      tookMs: Date.now() - before.at,
    };
  }

  #begin(trouble: Trouble): () => void {
    const { random } = this.#options;
    const faulty = (fault: (sql: string) => Fault | undefined) => {
      this.#load.phase = 'down';
      this.#front.fault = fault;
      return () => {
        this.#front.fault = () => undefined;
        this.#front.endStalls();
        this.#load.phase = 'up';
      };
    };
    const isInsert = (sql: string) => sql.startsWith('INSERT INTO events');
    switch (trouble) {
      case 'kill':
        return () => undefined;
      case 'refusing':
        return faulty(() => 'error-before');
      case 'cutting':
        return faulty((sql) => (isInsert(sql) && random() < 0.7 ? pick(insertFaults, random) : undefined));
      case 'stalling':
        return faulty((sql) => (isInsert(sql) ? pick(['stall-before', 'stall-after'], random) : undefined));
      case 'disk full': {
        const { worker, office } = this.#signpost.pids();
        const pids = [...worker, ...office];
        this.#disk.fill(pids);
        return () => this.#disk.free(pids);
      }
      case 'clock back':
      case 'clock forth':
        this.#setClock(trouble === 'clock back' ? -hourMs : hourMs);
        return () => this.#setClock(0);
      case 'torn lines':
        this.#damage();
        return () => undefined;
    }
  }

  #setClock(offsetMs: number): void {
    writeFileSync(`${this.#clockFile}.next`, String(offsetMs));
    renameSync(`${this.#clockFile}.next`, this.#clockFile);
  }

  /** Segments as a bad disk or a power cut leaves them: lines of garbage, and a last line that is torn. */
  #damage(): void {
    const spool = join(this.#disk.dataDir, 'spool');
    mkdirSync(spool, { recursive: true });
    const name = (pid: number) => `${Date.now()}_${pid}_1_damaged_${++this.#segments}`;
    const garbage = ['{"type":"page_view","id":"00', '\u0000\u0000\u0000', '{"type":"click","id":7}', 'null'];
    writeFileSync(join(spool, `${name(1)}.part`), `${garbage.join('\n')}\n`);
    for (const file of readdirSync(spool)) {
      if (file.includes('_damaged_') && file.endsWith('.part'))
        renameSync(join(spool, file), join(spool, file.replace('.part', '.jsonl')));
    }
    this.#damagedLines += garbage.length;
    // Of a process that has ended, torn in its only line: nothing of it was acknowledged.
    writeFileSync(join(spool, `${name(999_999_999)}.open`), '{"type":"page_view","id":"0123');
  }

  async #recovered(): Promise<void> {
    await this.#signpost.ready();
    this.#load.markServing();
    await until('ads are served', recoveryLimitMs, () => this.#load.servedAtMs !== undefined, 2);
  }

  async end(rounds: readonly TroubleRound[]): Promise<TroubleOutcome> {
    const { dataDir } = this.#disk;
    const load = this.#load;
    await load.stop();
    await this.#signpost.shipped(recoveryLimitMs);
    const reported = await this.#totals();
    const clickhouse = await openClickHouse({
      url: this.#front.url,
      dataDir,
      logger: pino({ level: 'silent' }),
    });
    const results = await Promise.all(storedQueries.map((sql) => clickhouse.query(sql)));
    for (const table of ['events', 'period_events', 'traffic_rollup', 'rollup_runs'])
      await clickhouse.command(`TRUNCATE TABLE ${table}`);
    await this.#replay();
    const replayed = await this.#totals();
    await clickhouse.close();
    return {
      disk: this.#disk.kind,
      rounds,
      sent: load.sent,
      acknowledged: load.acknowledged,
      failed: load.failed,
      unlogged: load.unlogged,
      ...judge(load, results, []),
      reported,
      replayed,
      archived: await archived(dataDir),
      damagedLines: this.#damagedLines,
      rejectedLines: rejectedLines(dataDir),
      p99Ms: { up: percentile(load.adTimesMs.up), down: percentile(load.adTimesMs.down) },
      log: this.#signpost.log(),
      personalInLog: this.#visitors.filter((address) => this.#signpost.log().includes(`"${address}`)),
    };
  }

  /** As a person does it: a replay that breaks off, because a statement waited for too long, is run again. */
  async #replay(): Promise<void> {
    for (let times = 1; ; times++) {
      const answer = await this.#signpost.api('/log-archive/replays', { method: 'POST' });
      const last = (await answer.text().catch(() => '')).trimEnd().split('\n').at(-1) || '{}';
      const { done, brokenFiles } = JSON.parse(last) as { done?: true; brokenFiles?: number };
      if (done === true && brokenFiles === 0) return;
      if ((brokenFiles ?? 0) > 0) throw new Error(`The replay ended with ${last}`);
      if (times === mostReplays) throw new Error(`The replay broke off ${times} times, at ${last}`);
      process.stderr.write(`the replay broke off at ${last}\n`);
    }
  }

  /** For whoever has to find out why it hangs. */
  async describe(): Promise<string> {
    const jobs = await this.#signpost.json<object>('/jobs').catch((error: Error) => error.message);
    return `${JSON.stringify(jobs)}\n${this.#signpost.log().slice(-8000)}`;
  }

  async #totals(): Promise<StoredCounts> {
    const day = (offset: number) => new Date(Date.now() + offset * 24 * hourMs).toISOString().slice(0, 10);
    const range = `from=${day(-2)}&to=${day(2)}`;
    const report = await this.#signpost.json<{ totals: StoredCounts }>(
      `/reports/traffic?${range}&metrics=pageViews,adRequests,impressions`,
    );
    return report.totals;
  }

  async close(): Promise<void> {
    await this.#load.stop();
    await this.#signpost.dispose();
  }
}

async function archived(dataDir: string): Promise<StoredCounts> {
  const counts = { pageViews: 0, adRequests: 0, impressions: 0 };
  const names = { pageViews: 'page_view', adRequests: 'ad_request', impressions: 'impression' } as const;
  for (const [name, type] of Object.entries(names)) {
    const searched = { files: 0, lines: 0, bytes: 0, found: 0, broken: [] };
    const lines = searchLogs(
      {
        archiveDirs: [join(dataDir, 'archive')],
        spoolDir: undefined,
        filter: { type },
        order: 'oldest',
        limit: 1e9,
      },
      searched,
    );
    for await (const _ of lines) counts[name as keyof typeof counts]++;
  }
  return counts;
}

function rejectedLines(dataDir: string): number {
  const folder = join(dataDir, 'spool', 'rejected');
  let lines = 0;
  try {
    for (const name of readdirSync(folder))
      lines += readFileSync(join(folder, name), 'utf8').split('\n').length - 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return lines;
}

function percentile(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 10) / 10;
}
