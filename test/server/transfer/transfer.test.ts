import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTreesCsv, treesCsv } from '../../../server/transfer/csv-form.ts';
import { transferRoutes } from '../../../server/transfer/index.ts';
import { type Answer, type Harness, startApi } from '../api/harness.ts';

let api: Harness;
let advertiserId: number;
let campaignId: number;

beforeAll(async () => {
  api = await startApi((db) =>
    [transferRoutes({ db, approval: 'off', inventoryChanged: () => undefined })].flat(),
  );
  advertiserId = await make('/advertisers', { name: 'A' });
  campaignId = await make('/campaigns', {
    ...{ advertiserId, name: '=HYPERLINK("x")', category: '\\N?', externalId: 'C "1"' },
    caps: [{ events: 3, per: { unit: 'day', count: 1 } }],
  });
  const lineItemId = await make('/line-items', {
    ...{ campaignId, name: "'+1, zwei\nZeilen?".replace('\n', ' '), type: 'standard', externalId: 'L1' },
    ...{
      startAt: '2026-12-01T00:00:00Z',
      endAt: '2026-12-31T00:00:00+08:00',
      timeZone: 'Asia/Taipei',
      weight: 3,
    },
    targeting: { and: [{ on: 'country', in: ['TW'] }, { not: { on: 'city', in: ['TW/Taipei'] } }] },
    goal: { metric: 'impressions', amount: 1000, per: 'flight' },
    ...{ budget: { micros: 5_000_000, per: 'flight' }, price: { model: 'cpm', micros: 2_500_000 } },
  });
  await make('/line-items', { campaignId, name: '台灣', type: 'sponsorship', share: 25 });
  const png = await sharp({ create: { width: 300, height: 250, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const asset = (await api.call('POST', '/assets', png)).body.asset;
  const size = { width: 300, height: 250 };
  const common = { lineItemId, clickUrl: 'https://example.com/?a=1,2', ...size };
  for (const creative of [
    { ...common, name: 'Image', asset, alt: '-5 %', width: undefined, height: undefined, externalId: 'i' },
    {
      ...common,
      name: 'Html',
      type: 'html',
      html: '<b>"x",\n y</b>',
      thirdParty: true,
      links: { a: 'https://a.example/' },
    },
    { ...common, name: 'Text', type: 'text', headline: 'H', text: "'=1" },
    { ...common, name: 'Native', type: 'native', title: 'T', body: '', sponsor: '@S' },
  ]) {
    await make('/creatives', creative);
  }
  const gone = await make('/line-items', { campaignId, name: 'Gone', type: 'house' });
  await api.call('DELETE', `/line-items/${gone}`);
});
afterAll(() => api.close());

async function make(path: string, body: object): Promise<number> {
  const answer = await api.call('POST', path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, answer.text]);
  return Number(answer.body.id);
}

const exported = async (format: 'json' | 'csv', query = '') =>
  (await api.call('GET', `/campaign-export?format=${format}${query}`)).text;
const types = { json: 'application/json', csv: 'text/csv; charset=utf-8' } as const;
const bring = (format: 'json' | 'csv', content: string, query = '', headers = {}): Promise<Answer> =>
  api.call('POST', `/campaign-import${query}`, Buffer.from(content), {
    headers: { 'Content-Type': types[format], ...headers },
  });
const outcome = ({ body }: Answer) => {
  const { applied, created, updated, unchanged } = body as Record<string, unknown>;
  return { applied, created, updated, unchanged };
};
/** Everything there is, down to the times of the last change. */
const stored = async () =>
  Promise.all(
    ['/campaigns', '/line-items', '/creatives'].map(async (path) => (await api.call('GET', path)).text),
  );

describe.each(['json', 'csv'] as const)('campaigns as %s', (format) => {
  it('are the same after export and import, and nothing is touched', async () => {
    const before = await stored();
    const answer = await bring(format, await exported(format, `&ids=${campaignId}`));
    expect([answer.status, outcome(answer)]).toEqual([
      200,
      { applied: true, created: 0, updated: 0, unchanged: 7 },
    ]);
    expect(await stored()).toEqual(before);
  });

  it('are made elsewhere as they were, and found again by their external ids', async () => {
    const other = await make('/advertisers', { name: 'Other' });
    const text = await exported(format, `&ids=${campaignId}`);
    const moved =
      format === 'json'
        ? text
            .replaceAll(/ *"id": \d+,\n/g, '')
            .replaceAll(`"advertiserId": ${advertiserId}`, `"advertiserId": ${other}`)
        : text
            .replaceAll(/^(campaign|lineItem|creative),\d+,/gm, '$1,,')
            .replace(`,${advertiserId},`, `,${other},`);
    const made = await bring(format, moved);
    expect([made.text, outcome(made)]).toEqual([
      made.text,
      { applied: true, created: 7, updated: 0, unchanged: 0 },
    ]);
    const [copy] = (await api.call('GET', `/campaigns?advertiserId=${other}`)).body.items ?? [];
    const strip = (json: string) => json.replaceAll(/ *"(id|advertiserId)": \d+,?\n/g, '');
    expect(strip(await exported('json', `&ids=${copy?.id}`))).toBe(
      strip(await exported('json', `&ids=${campaignId}`)),
    );
    // Campaign, one line item and one creative have external ids; the others are made once more.
    const again = await bring(format, moved);
    expect(outcome(again)).toEqual({ applied: true, created: 4, updated: 0, unchanged: 3 });
  });
});

describe('an import', () => {
  const tree = (fields: object, lineItems: object[] = []) =>
    JSON.stringify({ campaigns: [{ advertiserId, name: 'New', ...fields, lineItems }] });

  it('tells in a dry run what it would do, and does nothing', async () => {
    const before = await stored();
    const content = tree({ externalId: 'dry' }, [{ name: 'L', type: 'house' }]);
    const tried = await bring('json', content, '?dryRun=1');
    expect(outcome(tried)).toEqual({ applied: false, created: 2, updated: 0, unchanged: 0 });
    expect(await stored()).toEqual(before);
  });

  it('is all or nothing, and names every row that does not fit', async () => {
    const before = await stored();
    const content = JSON.stringify({
      campaigns: [
        {
          advertiserId,
          name: 'Fine',
          lineItems: [
            { name: 'L', type: 'sponsorship' },
            { name: 'M', type: 'nonsense' },
          ],
        },
        { advertiserId: 999_999, name: 'Orphan', lineItems: [{ name: 'L', type: 'house' }] },
        { id: campaignId, color: 'red', advertiserId: advertiserId + 1 },
        { id: 999_999, name: 'x' },
      ],
    });
    const errors = [
      '/campaigns/0/lineItems/0/share',
      '/campaigns/0/lineItems/1/type',
      '/campaigns/1/advertiserId',
      '/campaigns/2/advertiserId',
      '/campaigns/3/id',
    ];
    const refused = await bring('json', content);
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid_input']);
    expect(refused.body.errors?.map(({ path }) => path)).toEqual(errors);
    expect(await stored()).toEqual(before);
    const tried = await bring('json', content, '?dryRun=1');
    const { errors: told, rows } = tried.body as unknown as {
      errors: { path: string }[];
      rows: { outcome: string }[];
    };
    expect(told.map(({ path }) => path)).toEqual(errors);
    expect(rows.map((row) => row.outcome)).toEqual([
      ...['created', 'failed', 'failed', 'failed', 'skipped', 'failed', 'failed'],
    ]);
  });

  it('changes what is named and leaves the rest', async () => {
    await bring(
      'json',
      tree({ externalId: 'up', category: 'travel' }, [{ externalId: 'l', name: 'L', type: 'house' }]),
    );
    const changed = await bring(
      'json',
      tree({ externalId: 'up', name: 'Renamed' }, [{ externalId: 'l', weight: 5 }]),
    );
    expect(outcome(changed)).toEqual({ applied: true, created: 0, updated: 2, unchanged: 0 });
    const { items } = (await api.call('GET', '/campaigns?q=renamed')).body;
    expect(items).toMatchObject([{ name: 'Renamed', category: 'travel' }]);
    const twice = JSON.stringify({
      campaigns: [
        { advertiserId, externalId: 'up' },
        { advertiserId, externalId: 'up' },
      ],
    });
    expect((await bring('json', twice)).body.errors?.[0]?.path).toBe('/campaigns/1');
    const taken = await api.call('PATCH', `/campaigns/${campaignId}`, { externalId: 'up' });
    expect(taken.body.errors?.[0]?.path).toBe('/externalId');
  });

  it('is done once under an Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'import-1' };
    const content = tree({ name: 'Only once' });
    const [first, second] = [await bring('json', content, '', key), await bring('json', content, '', key)];
    expect(second.text).toBe(first.text);
    expect((await api.call('GET', '/campaigns?q=only')).body['total']).toBe(1);
  });

  it('refuses what is no tree, and no table', async () => {
    const paths = async (format: 'json' | 'csv', content: string) =>
      (await bring(format, content)).body.errors?.map(({ path }) => path);
    expect(await paths('json', '{"campaigns":{}}')).toEqual(['/campaigns']);
    expect(await paths('json', '{"campaigns":[{"lineItems":[[]]}]}')).toEqual(['/campaigns/0/lineItems/0']);
    expect((await bring('json', '{')).body.code).toBe('malformed_json');
    expect(await paths('csv', 'kind,name\ncreative,x\n')).toEqual(['/lines/2/kind']);
    expect(await paths('csv', 'kind,shoe size\n')).toEqual(['/lines/1/shoe size']);
    expect(await paths('csv', 'kind,caps\ncampaign,"[{"\n')).toEqual(['/lines/2/caps']);
    expect(await paths('csv', 'kind,name\ncampaign,x\n')).toEqual(['/lines/2/advertiserId']);
    expect(await paths('csv', 'kind,name\ncampaign,"x\n')).toEqual(['']);
    expect((await bring('json', tree({ __proto__: { admin: true }, constructor: 1 }))).status).toBe(422);
  });
});

it('keeps spreadsheets from reading formulas, and gives back every text', () => {
  for (const name of [
    '=1+1',
    "'=1",
    "''@x",
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    "it's",
    "'quoted'",
    '\\N?',
    'a,"b"\r\nc',
  ]) {
    const csv = treesCsv([{ kind: 'campaign', fields: { name }, children: [] }]);
    expect(readTreesCsv(csv)[0]?.fields).toEqual({ name });
    const cell = csv.split('\r\n').slice(1).join('\r\n').split(',')[4] ?? '';
    expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/);
  }
});
