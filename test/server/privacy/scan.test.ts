import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClickHouse, migrateClickHouse, openClickHouse } from '../../../analytics/index.ts';
import type { Database } from '../../../server/database/index.ts';
import {
  lookEverywhere,
  type MachineScan,
  problemsOf,
  type ScanParts,
} from '../../../server/privacy/index.ts';
import { emptyTables, silent } from '../../analytics/clickhouse/support.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

const nowMs = Date.UTC(2026, 10, 24, 5, 7);
const dayMs = 86_400_000;
const mail = 'alice@example.org';
const v4 = '203.0.113.9';
const v6 = '2001:db8:1:2::9';

let root: string;
let dataDir: string;
let database: Database;
let clickhouse: ClickHouse;
let parts: ScanParts;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'signpost-privacy-'));
  database = await openMigratedDatabase();
  clickhouse = await openClickHouse({ url: undefined, dataDir: path.join(root, 'engine'), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(async () => {
  dataDir = mkdtempSync(path.join(root, 'data-'));
  await sql`DELETE FROM privacy_scans`.execute(database.db);
  await emptyTables(clickhouse);
  parts = {
    ...{ db: database.db, clickhouse, machine: 'here', own: new Set<string>(), scanMs: 60_000 },
    places: {
      ...{ dataDir, archiveDir: path.join(dataDir, 'archive'), archiveDirs: [path.join(dataDir, 'archive')] },
      ...{ backupDir: path.join(dataDir, 'backups'), processLogs: [path.join(dataDir, 'output.log')] },
    },
    kept: {
      ...{ eventsDays: 400, rollupsDays: 3660, archiveDays: 30, auditDays: 730, runsDays: 30 },
      ...{ memberSignInDays: 90, memberProofDays: 1095 },
      backups: { days: 7, weeks: 4, months: 3 },
    },
  };
});
afterAll(async () => {
  await clickhouse.close();
  await database.close();
  rmSync(root, { recursive: true, force: true });
});

const look = (overrides: Partial<ScanParts> = {}, now = () => nowMs): Promise<MachineScan> =>
  lookEverywhere({ ...parts, ...overrides }, { now, signal: AbortSignal.timeout(60_000) });

/** `store place kind count` of each finding, in order. */
const found = ({ stores }: MachineScan): string[] =>
  stores
    .flatMap(({ store, findings }) =>
      findings.map(({ place, kind, count }) => `${store} ${place} ${kind} ${count}`),
    )
    .sort();

function write(name: string, content: string | Buffer): void {
  const file = path.join(dataDir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const event = (fields: object): string =>
  `${JSON.stringify({ type: 'page_view', id: '0000000000000001', time: nowMs, network: '203.0.113.0/24', ...fields })}\n`;

const insertEvent = (column: string, value: string, at = nowMs) =>
  clickhouse.command(
    `INSERT INTO events (type, id, time, origin, network, ${column})
     SELECT 'page_view', 1, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), fromUnixTimestamp64Milli({at:Int64}, 'UTC'),
       '203.0.113.0/24', ${column === 'segments' ? '[{value:String}]' : '{value:String}'}`,
    { value, at },
    { lane: 'jobs' },
  );

describe('a scan', () => {
  it('finds nothing where all is as it should be', async () => {
    await insertEvent('os_version', '10.0.0.1');
    await insertEvent('page', 'http://192.168.7.7:8090/demo/');
    write('spool/1_1.open', event({ page: 'https://shop.example/', referrer: 'news.example' }));
    write('archive/2026-11-23/10_1_2_1_00ff.jsonl.gz', gzipSync(event({ network: '2001:db8:1::/48' })));
    write('output.log', '{"level":30,"msg":"listening on 127.0.0.1:8080"}\n');
    const scan = await look();
    expect(found(scan)).toEqual([]);
    expect(scan.stores.flatMap(({ unreadable }) => unreadable)).toEqual([]);
    expect(scan.failed).toEqual([]);
    expect(problemsOf(scan)).toBe(0);
    for (const { scannedParts, parts: all } of scan.stores) expect(scannedParts).toBe(all);
    expect(scan.stores.find(({ store }) => store === 'postgres')?.parts).toBeGreaterThan(3);
  });

  it('finds an address and a mail address in every kind of store', async () => {
    await sql`CREATE TABLE leak (note text, tags text[], doc jsonb, host inet, ip bigint)`.execute(
      database.db,
    );
    await sql`INSERT INTO leak VALUES (${`x ${mail}`}, ARRAY[${v4}], ${`{"a":{"b":"${v6}"}}`}, ${v4}, 3405803785)`.execute(
      database.db,
    );
    await clickhouse.command(
      'CREATE TABLE leak (a Map(String, String), b IPv4, ip UInt32) ENGINE = MergeTree ORDER BY b',
    );
    await clickhouse.command(
      `INSERT INTO leak SELECT map('k', '${mail}'), toIPv4('${v4}'), 3405803785`,
      {},
      { lane: 'jobs' },
    );
    await insertEvent('page', `https://shop.example/${mail}`);
    await insertEvent('city', v4);
    await insertEvent('segments', v6);
    write('spool/1_1.open', event({ page: `https://shop.example/${v4}` }) + event({ network: v4 }));
    write('spool/rejected/2_1.jsonl', `not json ${mail}\n`);
    write('archive/2026-11-23/10_1_2_1_00ff.jsonl.gz', gzipSync(event({ referrer: mail })));
    write('archive/2026-11-23/1763800000000_1.jsonl', event({ city: v6 }));
    write('backups/2026-11-23T02-30-00Z-full/postgres/users.jsonl', `{"email":"${mail}","name":"${mail}"}\n`);
    write('pacing/spent-1.json', `{"x":"${v4}"}`);
    write('output.log', `{"level":30,"msg":"from ${v4}"}\nplain ${mail}\n`);
    try {
      const scan = await look();
      expect(found(scan)).toEqual([
        'backups users.name mail 1',
        'clickhouse events.city address 1',
        'clickhouse events.page mail 1',
        'clickhouse events.segments address 1',
        'clickhouse leak.a mail 1',
        'clickhouse leak.b address 1',
        'clickhouse leak.ip column 1',
        'files file:pacing/spent-1.json address 1',
        'log events mail 1',
        'log events.city address 1',
        'log events.network address 1',
        'log events.page address 1',
        'log events.referrer mail 1',
        'postgres leak.doc.a.b address 1',
        'postgres leak.host address 1',
        'postgres leak.ip column 1',
        'postgres leak.note mail 1',
        'postgres leak.tags address 1',
        'process_logs process_logs.msg address 1',
        'process_logs process_logs.text mail 1',
      ]);
      const kept = JSON.stringify(await database.db.selectFrom('privacy_scans').selectAll().execute());
      for (const secret of [mail, v4, v6, '3405803785']) expect(kept).not.toContain(secret);
      // What it writes down itself is no finding the next time.
      expect(found(await look())).toEqual(found(scan));
    } finally {
      await sql`DROP TABLE leak`.execute(database.db);
      await clickhouse.command('DROP TABLE leak');
    }
    expect(found(await look()).filter((each) => each.includes('leak'))).toEqual([]);
  });

  it('goes on where the one before ran out of time, and keeps what that found', async () => {
    for (const at of [1, 2, 3, 4]) write(`output.log.d/${at}.log`, `plain ${at === 1 ? mail : 'text'}\n`);
    const places = { ...parts.places, processLogs: [path.join(dataDir, 'output.log.d')] };
    const overrides = { places, clickhouse: undefined, scanMs: 4000 };
    // Each look at the clock is a second: the last store's share is one part of its own.
    const shares: [number, number][] = [];
    for (let run = 0; run < 4; run++) {
      let ticks = 0;
      const scan = await look(overrides, () => nowMs + 1000 * ticks++);
      const store = scan.stores.find((each) => each.store === 'process_logs');
      shares.push([store?.scannedParts ?? 0, store?.findings.length ?? 0]);
    }
    expect(shares.map(([, findings]) => findings)).toEqual([1, 1, 1, 1]);
    expect(shares.every(([scanned]) => scanned > 0 && scanned < 4)).toBe(true);
    write('output.log.d/1.log', 'mended\n');
    const whole = await look(overrides);
    expect(found(whole)).toEqual([]);
  });

  it('says of a file that it could not read it', async () => {
    write('archive/2026-11-23/10_1_2_1_00ff.jsonl.gz', 'damaged');
    const scan = await look();
    expect(scan.stores.flatMap(({ unreadable }) => unreadable.map(({ part }) => part))).toEqual([
      'archive/2026-11-23/10_1_2_1_00ff.jsonl.gz',
    ]);
    expect(problemsOf(scan)).toBe(1);
  });

  it('finds what is older than it is kept for', async () => {
    const old = (days: number) => new Date(nowMs - days * dayMs);
    const { db } = database;
    await insertEvent('city', 'Old', nowMs - 403 * dayMs);
    await insertEvent('city', 'Kept', nowMs - 400 * dayMs);
    await db
      .insertInto('job_runs')
      .values({ job: 'ship', started_at: old(33), ended_at: old(33), outcome: 'failed' })
      .execute();
    await sql`INSERT INTO audit_log (at, actor, action) VALUES (${old(733)}, 'system', 'x'), (${old(729)}, 'system', 'y')`.execute(
      db,
    );
    await sql`INSERT INTO mails (kind, email, made_at) VALUES ('reset', ${mail}, ${old(33)})`.execute(db);
    // Of each one that is over, and one that is not; a member who is verified has no end.
    await sql`INSERT INTO sites (id, name, domain) OVERRIDING SYSTEM VALUE VALUES (900, 'Shop', 'shop.example')`.execute(
      db,
    );
    await sql`INSERT INTO members (id, site_id, status, personal, created_at) VALUES
      (1, 900, 'active', '', ${old(2000)}), (2, 900, 'unverified', '', ${old(6)}),
      (3, 900, 'unverified', '', ${old(2)})`.execute(db);
    await sql`INSERT INTO member_sessions (member_id, hash, created_at) VALUES
      (1, sha256('a'), ${old(33)}), (1, sha256('b'), ${old(29)})`.execute(db);
    await sql`INSERT INTO member_links (member_id, hash, purpose, expires_at) VALUES
      (1, sha256('a'), 'password', ${old(3)}), (2, sha256('b'), 'verify', ${old(-1)})`.execute(db);
    await sql`INSERT INTO member_sign_ins (member_id, personal, at) VALUES
      (1, '', ${old(93)}), (1, '', ${old(89)})`.execute(db);
    await sql`INSERT INTO member_proofs (site_id, member_id, subject, action, wording, language, source, at) VALUES
      (900, 1, '', 'opt_in', 'Yes', 'en', 'server', ${old(1098)}),
      (900, 1, '', 'opt_out', 'No', 'en', 'server', ${old(1094)})`.execute(db);
    write('archive/2026-10-20/1763800000000_1.jsonl', '');
    write('archive/2026-10-24/1763800000000_2.jsonl', '');
    const backup = (name: string, base: string | null) =>
      write(
        `backups/${name}/manifest.json`,
        JSON.stringify({ format: 1, name, base, madeAt: `${name.slice(0, 10)}T02:30:00Z` }),
      );
    backup('2026-11-24T02-30-00Z-full', null);
    backup('2026-11-23T02-30-00Z-full', null);
    const kept = { ...parts.kept, backups: { days: 1, weeks: 0, months: 0 } };
    const before = await look({ kept });
    backup('2026-11-21T02-30-00Z-full', null);
    const { overdue } = await look({ kept });
    expect(before.overdue.some(({ store }) => store === 'backups')).toBe(false);
    expect(overdue).toEqual([
      { store: 'postgres', place: 'audit_log.at', count: 1, oldest: old(733).toISOString().slice(0, 10) },
      { store: 'postgres', place: 'job_runs.started_at', count: 1, oldest: '2026-10-22' },
      { store: 'postgres', place: 'mails.made_at', count: 1, oldest: '2026-10-22' },
      ...[
        ['members.created_at', 6] as const,
        ['member_sessions.created_at', 33] as const,
        ['member_links.expires_at', 3] as const,
        ['member_sign_ins.at', 93] as const,
        ['member_proofs.at', 1098] as const,
      ].map(([place, age]) => ({
        ...{ store: 'postgres', place, count: 1, oldest: old(age).toISOString().slice(0, 10) },
      })),
      { store: 'clickhouse', place: 'events.origin', count: 1, oldest: old(403).toISOString().slice(0, 10) },
      { store: 'log', place: 'archive', count: 1, oldest: '2026-10-20' },
      { store: 'backups', place: 'backups', count: 1, oldest: '2026-11-21' },
    ]);
  });
});
