import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  rollUp,
  shipSegments,
} from '../../../../analytics/index.ts';
import { deliverReports, ReportMaker, scheduleRoutes } from '../../../../server/reporting/index.ts';
import { Deliveries } from '../../../../server/reporting/schedules/deliveries.ts';
import {
  hex,
  type Line,
  scratchDirectory,
  silent,
  writeSegment,
} from '../../../analytics/clickhouse/support.ts';
import { type Answer, type Harness, startApi } from '../../api/harness.ts';
import { MailServer } from './mail-server.ts';
import { accessKeyId, ObjectStore, secretAccessKey } from './object-store.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dataDir = scratchDirectory();
const folder = `${dataDir}/reports`;
let nowMs = 0;
let clickhouse: ClickHouse;
let api: Harness;
let mail: MailServer;
let store: ObjectStore;
let parts: Parameters<typeof deliverReports>[0];
let woken = 0;

const setTime = (text: string) => {
  nowMs = Date.parse(text);
};
const run = () =>
  deliverReports(parts, { logger: silent, signal: new AbortController().signal, now: () => nowMs });
const finish = () => rollUp({ clickhouse, nowMs, logger: silent });

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir, logger: silent });
  await migrateClickHouse(clickhouse, silent);
  const view = (id: number, visitor: number, country: string, time: string): Line => ({
    ...{ type: 'page_view', id: hex(id), time: Date.parse(time), visitor: hex(visitor) },
    ...{ visitor_kind: 'daily', site: 1, country },
  });
  writeSegment(`${dataDir}/spool`, 'views', [
    view(1, 1, 'TW', '2026-11-22T08:00:00Z'),
    view(2, 2, 'TW', '2026-11-22T09:00:00Z'),
    view(3, 3, 'DE', '2026-11-22T09:30:00Z'),
  ]);
  await shipSegments({ clickhouse, spoolDir: `${dataDir}/spool`, logger: silent });
  mail = await MailServer.start();
  store = await ObjectStore.start();
  const maker = new ReportMaker({ clickhouse, scratchDir: `${dataDir}/scratch`, now: () => nowMs });
  const places = {
    folder,
    mail: { url: mail.url, from: 'Signpost <reports@example.com>' },
    bucket: { url: store.url, region: 'auto', accessKeyId, secretAccessKey },
  };
  const now = () => nowMs;
  api = await startApi((db) => {
    parts = { db, maker, places, scratchDir: `${dataDir}/scratch` };
    return scheduleRoutes({ db, maker, places, now, wake: () => woken++ });
  });
});
afterAll(async () => {
  await api.close();
  await mail.close();
  await store.close();
  await clickhouse.close();
});
beforeEach(async () => {
  await parts.db.deleteFrom('report_deliveries').execute();
  await parts.db.deleteFrom('report_schedules').execute();
  mail.mails.length = 0;
  store.objects.clear();
  setTime('2026-11-22T12:00:00Z');
});

const daily = {
  ...{ name: 'Visitors', report: 'visitors', dimensions: 'country', metrics: 'pageViews', every: 'day' },
  ...{ targets: { folder: 'daily' }, waitHours: 2 },
};
const create = async (body: object): Promise<number> => {
  const answer = await api.call('POST', '/report-schedules', body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id as number;
};
interface Shown {
  readonly status: string;
  readonly target: string;
  readonly attempts: number;
  readonly provisional: boolean | null;
  readonly error: string | null;
  readonly nextAt: string | null;
  readonly result: Record<string, unknown> | null;
  readonly firstDay: string;
}
const shown = ({ body }: Answer) => body.items as unknown as Shown[];
const history = async (id: number) => shown(await api.call('GET', `/report-schedules/${id}/deliveries`));

describe('a scheduled report', () => {
  it('waits until its numbers are final, and goes everywhere once', async () => {
    const targets = { email: ['a@example.com', 'b@example.com'], folder: 'daily', bucket: 'daily' };
    const id = await create({ ...daily, targets, compare: 'previous', formats: ['csv', 'xlsx'] });
    setTime('2026-11-23T05:59:00Z');
    expect(await run()).toEqual({ planned: 0, delivered: 0, waiting: 0, failed: 0 });
    setTime('2026-11-23T06:00:00Z');
    expect(await run()).toEqual({ planned: 3, delivered: 0, waiting: 3, failed: 0 });
    expect(await run()).toEqual({ planned: 0, delivered: 0, waiting: 0, failed: 0 });

    await finish();
    nowMs += 10 * minuteMs;
    expect(await run()).toEqual({ planned: 0, delivered: 3, waiting: 0, failed: 0 });
    nowMs += hourMs;
    expect(await run()).toEqual({ planned: 0, delivered: 0, waiting: 0, failed: 0 });

    const csv = 'country,pageViews,pageViewsPrevious,pageViewsChange\r\nTW,2,0,\r\nDE,1,0,\r\n';
    const names = ['visitors-2026-11-22.csv', 'visitors-2026-11-22.xlsx'];
    expect(readdirSync(`${folder}/daily`).sort()).toEqual(names);
    expect(readFileSync(`${folder}/daily/${names[0]}`, 'utf8')).toBe(csv);
    expect([...store.objects.keys()].sort()).toEqual(names.map((name) => `daily/${name}`));
    expect(store.objects.get(`daily/${names[0]}`)?.toString()).toBe(csv);
    expect(store.types.get(`daily/${names[0]}`)).toMatch(/^text\/csv/);

    expect(mail.mails.map(({ to }) => to)).toEqual([['a@example.com', 'b@example.com']]);
    const text = mail.mails[0]?.text ?? '';
    expect(text).toContain('Subject: Visitors: 2026-11-22\r\n');
    expect(text).toMatch(/Message-ID: <[0-9a-f-]{36}\.2026-11-22@example\.com>/i);
    expect(text).toMatch(/TW Taiwan \| 2 \| 0 \|/);
    expect(text).toMatch(/<td[^>]*>TW Taiwan<\/td>/);
    expect(text).toContain('Content-Type: image/png');
    expect(text).toMatch(/alt=3D"Page views by hour; in total 3\."/);
    for (const name of names) expect(text).toContain(`filename=${name}`);
    expect(await history(id)).toMatchObject(
      ['bucket', 'folder', 'email'].map((target) => ({
        ...{ target, status: 'delivered', attempts: 1, provisional: false, error: null, nextAt: null },
      })),
    );
  });

  it('is sent as provisional where its numbers do not become final in time', async () => {
    await clickhouse.command('TRUNCATE TABLE rollup_runs');
    const id = await create({ ...daily, targets: { email: ['a@example.com'] }, formats: [] });
    setTime('2026-11-23T07:59:00Z');
    expect(await run()).toMatchObject({ planned: 1, waiting: 1 });
    nowMs += 10 * minuteMs;
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(mail.mails[0]?.text).toContain('Subject: Visitors: 2026-11-22 (provisional)');
    expect(mail.mails[0]?.text).toContain('These numbers are provisional');
    expect(await history(id)).toMatchObject([{ provisional: true }]);
    await finish();
  });

  it('is tried again with longer and longer pauses, and given up in the end', async () => {
    const id = await create({ ...daily, targets: { bucket: '' } });
    setTime('2026-11-23T06:00:00Z');
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      store.faults.push(...Array(20).fill(403));
      expect(await run()).toMatchObject({ failed: 1 });
      store.faults.length = 0;
      const [delivery] = await history(id);
      expect(delivery).toMatchObject({ attempts: attempt, error: expect.stringMatching(/\S/) });
      if (attempt === 8) expect(delivery).toMatchObject({ status: 'failed', nextAt: null });
      else pauses.push((Date.parse(delivery?.nextAt ?? '') - nowMs) / minuteMs);
      nowMs += 24 * hourMs;
      await parts.db.deleteFrom('report_deliveries').where('first_day', '>', '2026-11-22').execute();
      await parts.db
        .updateTable('report_schedules')
        .set({ active_since: new Date(nowMs) })
        .execute();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64]);
    setTime('2026-11-23T09:00:00Z');
    expect(await run()).toMatchObject({ delivered: 0, failed: 0 });
    const before = woken;
    expect(shown(await api.call('POST', `/report-schedules/${id}/deliveries`))).toMatchObject([
      { status: 'waiting', attempts: 0 },
    ]);
    expect(woken).toBe(before + 1);
    expect(await run()).toMatchObject({ delivered: 1 });
    expect([...store.objects.keys()]).toEqual(['visitors-2026-11-22.csv']);
  });

  it('is taken up again after the process that was at it has died, and by one of several', async () => {
    const id = await create({ ...daily, targets: { email: ['a@example.com'], folder: 'dead' } });
    setTime('2026-11-23T06:00:00Z');
    const dead = new Deliveries(parts.db);
    await dead.plan(nowMs);
    const lost = await dead.claim(nowMs);
    await Promise.all([run(), run(), run()]);
    expect((await history(id)).map(({ status }) => status).sort()).toEqual(['delivered', 'sending']);
    nowMs += 31 * minuteMs;
    await Promise.all([run(), run(), run()]);
    expect(await history(id)).toMatchObject([{ status: 'delivered' }, { status: 'delivered', attempts: 2 }]);
    expect(mail.mails).toHaveLength(1);
    // It was only slow, and comes back: what another has done stands.
    if (lost === undefined) throw new Error('nothing was claimed');
    expect(await dead.delivered(lost.delivery, nowMs, {}, false)).toBe(false);
    expect(await dead.failed(lost.delivery, nowMs, 'too late')).toBe('waiting');
    expect((await history(id)).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('renews its claim as long as it is worked on, and stops where another one has it', async () => {
    await create(daily);
    setTime('2026-11-23T06:00:00Z');
    const slow = new Deliveries(parts.db);
    expect(await slow.due(nowMs)).toEqual({ planned: 1, tried: 1 });
    await slow.plan(nowMs);
    expect(await slow.due(nowMs)).toEqual({ planned: 0, tried: 1 });
    const claimed = await slow.claim(nowMs);
    if (claimed === undefined) throw new Error('nothing was claimed');
    expect(await slow.due(nowMs)).toEqual({ planned: 0, tried: 0 });
    const holding = { now: () => nowMs, signal: new AbortController().signal, everyMs: 5 };
    const renewed = async () =>
      (await parts.db.selectFrom('report_deliveries').select('claimed_until').executeTakeFirst())
        ?.claimed_until;
    await slow.whileClaimed(claimed.delivery, holding, async () => {
      nowMs += 29 * minuteMs;
      await vi.waitFor(async () => expect(await renewed()).toEqual(new Date(nowMs + 30 * minuteMs)));
      nowMs += 29 * minuteMs;
      expect(await new Deliveries(parts.db).claim(nowMs)).toBeUndefined();
    });
    // Nobody renews it any more.
    nowMs += 31 * minuteMs;
    expect(await new Deliveries(parts.db).claim(nowMs)).toBeDefined();
    const lost = slow.whileClaimed(claimed.delivery, holding, async (signal) => {
      await vi.waitFor(() => expect(signal.aborted).toBe(true));
      signal.throwIfAborted();
    });
    await expect(lost).rejects.toThrow(/taken the delivery over/);
  });

  it('has the same Message-ID where the mail server took it and the answer was lost', async () => {
    await create({ ...daily, targets: { email: ['a@example.com'] }, formats: [] });
    setTime('2026-11-23T06:00:00Z');
    mail.faults.push('cut');
    expect(await run()).toMatchObject({ failed: 1 });
    nowMs += minuteMs;
    expect(await run()).toMatchObject({ delivered: 1 });
    const ids = mail.mails.map(({ text }) => /Message-ID: (\S+)/i.exec(text)?.[1]);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it('says which addresses were refused while others took it', async () => {
    const id = await create({
      ...daily,
      targets: { email: ['a@example.com', 'gone@example.com'] },
      formats: [],
    });
    mail.unknown.add('gone@example.com');
    setTime('2026-11-23T06:00:00Z');
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(await history(id)).toMatchObject([
      { result: { accepted: ['a@example.com'], rejected: ['gone@example.com'] } },
    ]);
  });

  it('sends nothing while it is paused, nor what fell due then', async () => {
    const id = await create(daily);
    await api.call('PATCH', `/report-schedules/${id}`, { status: 'paused' });
    setTime('2026-11-24T12:00:00Z');
    expect(await run()).toMatchObject({ planned: 0 });
    await api.call('PATCH', `/report-schedules/${id}`, { status: 'active', hour: 13 });
    expect(await run()).toMatchObject({ planned: 0 });
    setTime('2026-11-24T13:00:00Z');
    expect(await run()).toMatchObject({ planned: 1 });
  });
});

describe('the API of scheduled reports', () => {
  it('makes, shows, changes, lists and archives them', async () => {
    const id = await create({ ...daily, filter: 'country!=FR', sort: '-pageViews', limit: 5 });
    const path = `/report-schedules/${id}`;
    const { body } = await api.call('GET', path);
    expect(body).toMatchObject({
      ...daily,
      ...{ filter: 'country!=FR', sort: '-pageViews', limit: 5, hour: 6, timeZone: 'UTC', formats: ['csv'] },
    });
    const weekly = await api.call('PATCH', path, { every: 'week', weekday: 2, timeZone: 'Asia/Taipei' });
    expect(weekly.body).toMatchObject({ every: 'week', weekday: 2, timeZone: 'Asia/Taipei', limit: 5 });
    expect((await api.call('PATCH', path, { every: 'month' })).body).toMatchObject({ weekday: null });
    const less = await api.call('PATCH', path, { limit: null, compare: null, filter: null, hour: 7 });
    expect(less.body).toMatchObject({ sort: '-pageViews', hour: 7 });
    for (const name of ['limit', 'compare', 'filter']) expect(less.body).not.toHaveProperty(name);
    expect((await api.call('PATCH', path, { name: null })).status).toBe(422);
    expect((await api.call('GET', '/report-schedules')).body.items).toMatchObject([{ id }]);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('GET', '/report-schedules')).body.items).toEqual([]);
    expect((await api.call('GET', path)).status).toBe(404);
    expect((await api.call('GET', `${path}/deliveries`)).status).toBe(200);
  });

  it.each([
    ['an unknown report', { report: 'weather' }, ['/report']],
    ['an unknown dimension', { dimensions: 'planet' }, ['/dimensions/0']],
    ['an unknown metric to filter by', { filter: 'planet=x' }, ['/filter/planet']],
    ['no target', { targets: {} }, ['/targets']],
    ['a folder elsewhere', { targets: { folder: '../other' } }, ['/targets/folder']],
    ['a hidden folder', { targets: { folder: '.ssh' } }, ['/targets/folder']],
    ['an address that is none', { targets: { email: ['nobody'] } }, ['/targets/email/0']],
    [
      'two lines in an address',
      { targets: { email: ['a@example.com\nBcc: b@example.com'] } },
      ['/targets/email/0'],
    ],
    ['no weekday', { every: 'week' }, ['/weekday']],
    ['a weekday of a day', { weekday: 1 }, ['/weekday']],
    ['a time zone that is none', { timeZone: 'Mars/Base' }, ['/timeZone']],
    ['a folder without files', { formats: [] }, ['/formats']],
    ['an hour that is none', { hour: 24 }, ['/hour']],
  ])('refuses %s', async (_, change, paths) => {
    const answer = await api.call('POST', '/report-schedules', { ...daily, ...change });
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    expect(answer.body.errors?.map(({ path }) => path)).toEqual(paths);
  });
});
