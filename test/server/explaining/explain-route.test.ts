import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGeoDb } from '../../../geo-db/index.ts';
import { explainRoute } from '../../../server/explaining/index.ts';
import { testAddresses, testGeoDbFile } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';
import { type Harness, startApi } from '../api/harness.ts';

interface Explained {
  readonly at: string;
  readonly visitor: Readonly<Record<string, unknown>>;
  readonly lineItems: readonly { name: string; candidate: boolean; share: number; reason: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'signpost-explain-'));
const noon = Date.UTC(2026, 10, 23, 12);
let api: Harness;
let zone: number;

beforeAll(async () => {
  const geo = await openGeoDb({ files: [testGeoDbFile(folder)] });
  api = await startApi((db) => [explainRoute({ db, geo: async () => geo, now: () => noon })]);
  const make = async (path: string, body: unknown) =>
    (await api.call('POST', path, body)).body as { id: number };
  const advertiser = await make('/advertisers', { name: 'Alps' });
  const campaign = await make('/campaigns', { advertiserId: advertiser.id, name: 'Winter' });
  const site = await make('/sites', { name: 'News', domain: 'news.example' });
  zone = (await make('/zones', { siteId: site.id, name: 'Side', sizes: [[300, 250]] })).id;
  const asset = await image(300, 250);
  const lineItem = async (name: string, rest: object, size = asset) => {
    const { id } = await make('/line-items', { campaignId: campaign.id, name, ...rest });
    await make('/creatives', { lineItemId: id, name, asset: size, clickUrl: 'https://example.com/' });
  };
  await lineItem('Bavaria', { type: 'standard', weight: 3, targeting: { on: 'region', in: ['DE-BY'] } });
  await lineItem('Phones', { type: 'standard', targeting: { on: 'device', in: ['mobile'] } });
  await lineItem('Tomorrow', { type: 'standard', startAt: '2026-11-24T00:00:00Z' });
  await lineItem('Filler', { type: 'house' });
  await lineItem('Paused', { type: 'house', status: 'paused' });
  await lineItem('Tall', { type: 'house' }, await image(160, 600));
});
afterAll(async () => {
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function image(width: number, height: number): Promise<string> {
  const png = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  return String((await api.call('POST', '/assets', png)).body.asset);
}

async function ask(parameters: Record<string, string>): Promise<Explained> {
  const answer = await api.call(
    'GET',
    `/explain?${new URLSearchParams({ zone: String(zone), ...parameters })}`,
  );
  expect(answer.status).toBe(200);
  return answer.body as unknown as Explained;
}
const reasons = ({ lineItems }: Explained) =>
  Object.fromEntries(lineItems.map(({ name, reason }) => [name, reason]));

describe('why this ad', () => {
  it('tells of each line item its chance, or what dropped it', async () => {
    const [, iphone] = userAgents(2);
    const explained = await ask({ ip: testAddresses.munich, ua: iphone as string, lang: 'de-DE' });
    expect(explained.visitor).toMatchObject({
      country: 'DE',
      region: 'DE-BY',
      browser: 'Mobile Safari',
      language: 'de-de',
    });
    expect(explained.lineItems.slice(0, 2)).toMatchObject([
      { name: 'Bavaria', candidate: true, share: 0.75 },
      { name: 'Phones', candidate: true, share: 0.25 },
    ]);
    expect(reasons(explained)).toEqual({
      Bavaria: 'matches: region is DE-BY',
      Phones: 'matches: device is mobile',
      Tomorrow: 'starts 2026-11-24T00:00:00.000Z',
      Filler: 'matches, but standard goes before house',
      Paused: 'paused',
      Tall: 'size: no active creative has a size that the zone takes',
    });
  });

  it('knows nothing of a visitor of whom nothing is said', async () => {
    const explained = await ask({});
    expect(explained.at).toBe(new Date(noon).toISOString());
    expect(reasons(explained)).toMatchObject({
      Bavaria: 'targeting: region is DE-BY',
      Filler: 'matches: no targeting',
    });
  });

  it('answers for another time', async () => {
    expect(reasons(await ask({ at: '2026-11-24T00:00:00Z' }))).toMatchObject({
      Tomorrow: 'matches: no targeting',
    });
  });

  it.each([
    ['zone=999999', 404, 'unknown_zone'],
    ['zone=x', 422, 'invalid_input'],
    ['zone=1&ip=banana', 422, 'invalid_input'],
    ['zone=1&at=now', 422, 'invalid_input'],
    ['', 422, 'invalid_input'],
  ])('with "%s" is refused in words', async (query, status, code) => {
    const answer = await api.call('GET', `/explain?${query}`);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });
});
