import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  advertiserDefinition,
  campaignDefinition,
  creativeDefinition,
  lineItemDefinition,
  siteDefinition,
  zoneDefinition,
} from '../../../server/inventory/index.ts';
import { type AnswerBody, type Harness, startApi } from './harness.ts';

let api: Harness;
let png: Buffer;

beforeAll(async () => {
  api = await startApi();
  png = await sharp({ create: { width: 300, height: 250, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
});
afterAll(() => api.close());

/** Creates one and returns its id. */
async function make(path: string, body: object): Promise<number> {
  const answer = await api.call('POST', path, body);
  expect(answer.text).toContain('"id"');
  return Number(answer.body.id);
}

async function upload(): Promise<string> {
  return String((await api.call('POST', '/assets', png)).body.asset);
}

describe('the inventory API', () => {
  it('builds a whole inventory from advertiser to creative and from site to tag', async () => {
    const advertiser = await api.call('POST', '/advertisers', { name: '  Taipei Travel ' });
    expect(advertiser.status).toBe(201);
    expect(advertiser.headers.get('location')).toBe(`/api/v1/advertisers/${advertiser.body.id}`);
    expect(advertiser.headers.get('cache-control')).toBe('no-store');
    expect(advertiser.body).toMatchObject({ name: 'Taipei Travel', status: 'active', demo: false });

    const campaignId = await make('/campaigns', { advertiserId: advertiser.body.id, name: 'Summer' });
    const lineItem = await api.call('POST', '/line-items', {
      campaignId,
      name: 'Taiwan',
      type: 'standard',
      startAt: '2026-12-01T00:00:00+08:00',
      targeting: { and: [{ on: 'country', in: ['TW'] }, { not: { on: 'region', in: ['TW-KHH'] } }] },
    });
    expect(lineItem.body).toMatchObject({
      campaignId,
      weight: 1,
      startAt: '2026-11-30T16:00:00.000Z',
      endAt: null,
      targeting: { and: [{ on: 'country', in: ['TW'] }, { not: { on: 'region', in: ['TW-KHH'] } }] },
    });

    const uploaded = await api.call('POST', '/assets', png, { headers: { 'Content-Type': 'image/gif' } });
    expect(uploaded.status).toBe(201);
    expect(uploaded.body).toMatchObject({
      contentType: 'image/png',
      width: 300,
      height: 250,
      bytes: png.length,
    });
    const creative = await api.call('POST', '/creatives', {
      lineItemId: lineItem.body.id,
      name: 'Taipei',
      asset: uploaded.body.asset,
      alt: '台北',
      clickUrl: 'https://exämple.com/台北?a=1',
    });
    expect(creative.body).toMatchObject({
      ...{ type: 'image', width: 300, height: 250, alt: '台北' },
      clickUrl: 'https://xn--exmple-cua.com/%E5%8F%B0%E5%8C%97?a=1',
    });

    const siteId = await make('/sites', { name: 'News', domain: 'NEWS.Example' });
    expect((await api.call('GET', `/sites/${siteId}`)).body.domain).toBe('news.example');
    const zoneId = await make('/zones', {
      siteId,
      name: 'Sidebar',
      sizes: [
        [300, 250],
        [300, 600],
      ],
    });
    expect((await api.call('GET', `/zones/${zoneId}/tag`)).body.html).toBe(
      `<script async src="https://ads.example.com/tag.js"></script>\n<ins class="signpost" data-zone="${zoneId}" style="display:inline-block;width:300px;height:250px"></ins>`,
    );
  });

  it('changes what is given and nothing else, and archives', async () => {
    const id = await make('/advertisers', { name: 'Before' });
    const before = (await api.call('GET', `/advertisers/${id}`)).body;
    const changed = await api.call('PATCH', `/advertisers/${id}`, { status: 'paused' });
    expect(changed.body).toEqual({ ...before, status: 'paused', updatedAt: changed.body.updatedAt });
    expect((await api.call('PATCH', `/advertisers/${id}`, {})).body).toEqual(changed.body);

    const changes = api.changes();
    for (const _ of [1, 2]) {
      const archived = await api.call('DELETE', `/advertisers/${id}`);
      expect([archived.status, archived.text]).toEqual([204, '']);
    }
    expect(api.changes()).toBe(changes + 2);
    expect((await api.call('GET', `/advertisers/${id}`)).body.status).toBe('archived');
    const refused = await api.call('POST', '/campaigns', { advertiserId: id, name: 'x' });
    expect(refused.body).toMatchObject({ code: 'conflict' });
    expect((await api.call('PATCH', `/advertisers/${id}`, { status: 'active' })).status).toBe(200);
  });

  it('gives pages of a list, filtered by parent and status', async () => {
    const siteId = await make('/sites', { name: 'Paged', domain: 'paged.example' });
    const other = await make('/sites', { name: 'Other', domain: 'other.example' });
    const ids: number[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await make('/zones', { siteId, name: `Z${n}`, sizes: [[1, 1]] }));
    await make('/zones', { siteId: other, name: 'elsewhere', sizes: [[1, 1]] });
    await api.call('DELETE', `/zones/${ids[4]}`);

    const seen: unknown[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: AnswerBody = (await api.call('GET', `/zones?siteId=${siteId}&limit=2${after}`)).body;
      expect(page['total']).toBe(5);
      seen.push(...(page.items ?? []).map((zone) => zone.id));
      after = page.next == null ? null : `&after=${page.next}`;
    }
    expect(seen).toEqual(ids);
    const active = (await api.call('GET', `/zones?siteId=${siteId}&status=active`)).body;
    expect(active.items?.length).toBe(4);
    expect(active.next).toBeNull();
  });

  it('keeps the dates of a line item in order, also when one of them alone changes', async () => {
    const advertiserId = await make('/advertisers', { name: 'Dates' });
    const campaignId = await make('/campaigns', { advertiserId, name: 'Dates' });
    const dates = { startAt: '2026-06-01T00:00:00Z', endAt: '2026-07-01T00:00:00Z' };
    const id = await make('/line-items', { campaignId, name: 'x', type: 'house', ...dates });
    for (const endAt of ['2026-06-01T00:00:00Z', '2026-05-01T00:00:00Z']) {
      const refused = await api.call('PATCH', `/line-items/${id}`, { endAt });
      expect(refused.body).toMatchObject({ code: 'invalid_input', errors: [{ path: '/endAt' }] });
    }
    const open = await api.call('PATCH', `/line-items/${id}`, {
      startAt: null,
      endAt: '2026-05-01T00:00:00Z',
    });
    expect(open.body).toMatchObject({ startAt: null, endAt: '2026-05-01T00:00:00.000Z' });
    const everywhere = await api.call('PATCH', `/line-items/${id}`, {
      targeting: { on: 'country', notIn: ['DE'] },
    });
    expect(everywhere.body.targeting).toEqual({ on: 'country', notIn: ['DE'] });
    expect((await api.call('PATCH', `/line-items/${id}`, { targeting: null })).body.targeting).toBeNull();
  });

  it('shows an image of higher resolution smaller, but never distorted', async () => {
    const advertiserId = await make('/advertisers', { name: 'Sizes' });
    const campaignId = await make('/campaigns', { advertiserId, name: 'Sizes' });
    const lineItemId = await make('/line-items', { campaignId, name: 'x', type: 'standard' });
    const common = { lineItemId, name: 'x', asset: await upload(), clickUrl: 'http://example.com' };
    const half = await api.call('POST', '/creatives', { ...common, width: 150 });
    expect(half.body).toMatchObject({ width: 150, height: 125, clickUrl: 'http://example.com/' });
    const distorted = await api.call('POST', '/creatives', { ...common, width: 300, height: 300 });
    expect(distorted.body).toMatchObject({ code: 'invalid_input', errors: [{ path: '/width' }] });
    const resized = await api.call('PATCH', `/creatives/${half.body.id}`, { width: 300, height: 250 });
    expect(resized.body).toMatchObject({ width: 300, height: 250 });
    const unknown = await api.call('POST', '/creatives', { ...common, asset: '0'.repeat(64) });
    expect(unknown.body).toMatchObject({ code: 'invalid_input', errors: [{ path: '/asset' }] });
  });

  it('refuses to make a child of a parent that does not exist', async () => {
    for (const [path, property, rest] of [
      ['/campaigns', 'advertiserId', {}],
      ['/line-items', 'campaignId', { type: 'house' }],
      ['/zones', 'siteId', { sizes: [[1, 1]] }],
    ] as const) {
      const answer = await api.call('POST', path, { name: 'x', [property]: 2_147_483_647, ...rest });
      expect(answer.body).toMatchObject({ code: 'invalid_input', errors: [{ path: `/${property}` }] });
    }
  });

  it('never moves an entity to another parent', async () => {
    const siteId = await make('/sites', { name: 'Home', domain: 'home.example' });
    const id = await make('/zones', { siteId, name: 'z', sizes: [[1, 1]] });
    const answer = await api.call('PATCH', `/zones/${id}`, { siteId: 1 });
    expect(answer.body).toMatchObject({ code: 'invalid_input', errors: [{ path: '/siteId' }] });
  });
});

describe('the demo inventory', () => {
  it('is shown and removed with one call each', async () => {
    const none = await api.call('GET', '/demo');
    expect(none.body).toEqual({ present: false, zones: [] });
    const { db } = api.database;
    const site = await db
      .insertInto('sites')
      .values({ name: 'Demo', domain: 'demo', demo: true })
      .returning('id')
      .executeTakeFirstOrThrow();
    const zone = await db
      .insertInto('zones')
      .values({ name: 'Demo', site_id: site.id, sizes: '[[300,250]]', demo: true })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await api.call('GET', '/demo')).body).toEqual({
      present: true,
      zones: [{ id: zone.id, width: 300, height: 250 }],
    });
    const changes = api.changes();
    expect((await api.call('DELETE', '/demo')).body).toEqual({ removed: 2, kept: 0 });
    expect(api.changes()).toBe(changes + 1);
    expect((await api.call('GET', `/zones/${zone.id}`)).status).toBe(404);
  });
});

describe('the schemas', () => {
  const definitions = [
    advertiserDefinition,
    campaignDefinition,
    lineItemDefinition,
    creativeDefinition,
    siteDefinition,
    zoneDefinition,
  ] as const;

  it.each(definitions)('describe the answers to the last field: $word', async ({ table, outputSchema }) => {
    const { items = [] } = (await api.call('GET', `/${table.replace('_', '-')}`)).body;
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(outputSchema.safeParse(item)).toMatchObject({ success: true });
      expect(Object.keys(item).sort()).toEqual(Object.keys(outputSchema.parse(item) as object).sort());
    }
  });

  it.each(definitions)('have examples that fit: $word', ({ createSchema, patchSchema }) => {
    for (const schema of [createSchema, patchSchema]) {
      const { example } = schema.meta() as { example: object };
      expect(schema.safeParse(example)).toMatchObject({ success: true });
    }
  });
});
