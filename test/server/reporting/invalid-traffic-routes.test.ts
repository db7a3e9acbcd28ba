import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  shipSegments,
} from '../../../analytics/index.ts';
import { invalidTrafficRoutes, ReportMaker, reportRoutes } from '../../../server/reporting/index.ts';
import {
  emptyTables,
  hex,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../../analytics/clickhouse/support.ts';
import { type Harness, startApi } from '../api/harness.ts';

const noon = Date.UTC(2026, 10, 23, 12);
let clickhouse: ClickHouse;
let api: Harness;

beforeAll(async () => {
  const dataDir = scratchDirectory();
  clickhouse = await openClickHouse({ url: undefined, dataDir, logger: silent });
  await migrateClickHouse(clickhouse, silent);
  const maker = new ReportMaker({ clickhouse, scratchDir: `${dataDir}/scratch` });
  api = await startApi([...reportRoutes(maker), ...invalidTrafficRoutes(clickhouse)]);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(async () => {
  await api.close();
  await clickhouse.close();
});

const range = 'from=2026-11-23&to=2026-11-23';
const pageViews = async () => {
  const { body } = await api.call('GET', `/reports/traffic?${range}&metrics=pageViews`);
  return (body['totals'] as { pageViews: number }).pageViews;
};
const reversal = {
  reason: 'bot',
  from: '2026-11-23T00:00:00Z',
  to: '2026-11-24T00:00:00Z',
  note: 'Our own check.',
};

describe('the invalid traffic API', () => {
  it('lists every reason with its class and definition', async () => {
    const { body } = await api.call('GET', '/invalid-traffic/reasons');
    const items = body.items as unknown as { name: string; class: string | null; definition: string }[];
    expect(items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bot', 'data_center', 'no_impression', 'late', 'repeated', 'duplicate']),
    );
    for (const { class: of, definition } of items) {
      expect(['GIVT', 'SIVT', null]).toContain(of);
      expect(definition).toMatch(/\.$/);
    }
  });

  it('makes a reversal, shows it in counts and ledger, and undoes it; the record keeps both', async () => {
    const spoolDir = scratchSpool();
    writeSegment(spoolDir, 'routes', [
      { type: 'page_view', id: hex(1), time: noon, network: '192.0.2.0/24', invalid: 'bot' },
      { type: 'page_view', id: hex(2), time: noon },
    ]);
    await shipSegments({ clickhouse, spoolDir, logger: silent });
    expect(await pageViews()).toBe(1);
    const made = await api.call('POST', '/invalid-traffic/reversals', {
      ...reversal,
      network: '192.0.2.77/24',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...reversal,
      from: '2026-11-23T00:00:00.000Z',
      to: '2026-11-24T00:00:00.000Z',
      network: '192.0.2.0/24',
      site: null,
      undoneAt: null,
    });
    expect(await pageViews()).toBe(2);
    const csv = await api.call('GET', `/reports/invalid-traffic?${range}&dimensions=reasons,type&format=csv`);
    expect(csv.text).toBe(`reasons,type,events,reversed,examples\r\nbot,page_view,0,1,${hex(1)}\r\n`);
    const path = `/invalid-traffic/reversals/${made.body.id}`;
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect(await pageViews()).toBe(1);
    const { body } = await api.call('GET', '/invalid-traffic/reversals');
    expect(body.items).toMatchObject([
      { id: made.body.id, note: 'Our own check.', undoneAt: expect.any(String) },
    ]);
    expect((await api.call('DELETE', '/invalid-traffic/reversals/12345')).status).toBe(404);
  });

  it.each<[string, object]>([
    ['/reason', { reason: 'late' }],
    ['/reason', { reason: "bot' OR 1 --" }],
    ['/from', { from: 'yesterday' }],
    ['/from', { from: '0001-01-01T00:00:00Z' }],
    ['/to', { to: reversal.from }],
    ['/site', { site: 0 }],
    ['/asn', { asn: 5e9 }],
    ['/network', { network: '192.0.2.0/25' }],
    ['/network', { network: '192.0.2.1' }],
    ['/network', { network: "x'/24" }],
    ['/note', { note: '' }],
    ['/note', { note: 'x'.repeat(501) }],
    ['/more', { more: 1 }],
  ])('refuses what does not fit at "%s"', async (path, more) => {
    const { status, body } = await api.call('POST', '/invalid-traffic/reversals', { ...reversal, ...more });
    expect(status).toBe(422);
    expect(body.errors?.map((problem) => problem.path)).toContain(path);
  });

  it('needs a key', async () => {
    const init = { headers: { Authorization: '' } };
    for (const path of ['reasons', 'reversals'])
      expect((await api.call('GET', `/invalid-traffic/${path}`, undefined, init)).status).toBe(401);
  });
});

describe('conversion actions', () => {
  it('are made with sensible defaults and a secret, which can be renewed', async () => {
    const advertiser = await api.call('POST', '/advertisers', { name: 'Travel' });
    const made = await api.call('POST', '/conversion-actions', {
      advertiserId: advertiser.body.id,
      name: 'Booking',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{
        clickWindowDays: 30,
        viewWindowHours: 24,
        counting: 'every',
        currency: 'USD',
        clickId: true,
        pixel: true,
      },
      ...{ status: 'active', secret: expect.stringMatching(/^spc_[\w-]{32}$/) },
    });
    const path = `/conversion-actions/${made.body.id}`;
    const changed = await api.call('PATCH', path, { currency: 'EUR', pixel: false, renewSecret: true });
    expect(changed.body).toMatchObject({
      currency: 'EUR',
      pixel: false,
      name: 'Booking',
      clickWindowDays: 30,
    });
    expect(changed.body['secret']).not.toBe(made.body['secret']);
    expect((await api.call('DELETE', path)).status).toBe(204);
    const { body } = await api.call(
      'GET',
      `/conversion-actions?advertiserId=${advertiser.body.id}&status=archived`,
    );
    expect(body.items).toHaveLength(1);
    for (const wrong of [
      { currency: 'eur' },
      { clickWindowDays: 91 },
      { viewWindowHours: 25 },
      { counting: 'two' },
      { secret: 'mine' },
    ])
      expect((await api.call('PATCH', path, wrong)).status).toBe(422);
  });
});
