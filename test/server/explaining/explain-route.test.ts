import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGeoDb } from '../../../geo-db/index.ts';
import { type ExplainParts, explainRoute } from '../../../server/explaining/index.ts';
import { type LedgerState, newLedgerState, PacingController } from '../../../server/pacing/index.ts';
import { testAddresses, testGeoDbFile } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';
import { type Harness, startApi } from '../api/harness.ts';

interface ExplainedLineItem {
  readonly name: string;
  readonly candidate: boolean;
  readonly share: number;
  readonly outcome: string;
  readonly unmet: readonly object[];
  readonly reason: string;
  readonly pacing: object | null;
}

interface Explained {
  readonly at: string;
  readonly visitor: Readonly<Record<string, unknown>>;
  readonly lineItems: readonly ExplainedLineItem[];
}

const folder = mkdtempSync(join(tmpdir(), 'signpost-explain-'));
const noon = Date.UTC(2026, 10, 23, 12);
let pacing = new PacingController();
let api: Harness;
let zone: number;
/** Of line items with goals and budgets. */
let paced: number;
/** Ids by names. */
const ids = new Map<string, number>();

beforeAll(async () => {
  const geo = await openGeoDb({ files: [testGeoDbFile(folder)] });
  const standings: ExplainParts['standings'] = async (lineItems, nowMs) => {
    const limited = lineItems.filter(({ goal, budget }) => goal !== undefined || budget !== undefined);
    return new Map(limited.map((lineItem) => [lineItem.id, pacing.standing(lineItem, nowMs)]));
  };
  api = await startApi((db) => [explainRoute({ db, standings, geo: async () => geo, now: () => noon })]);
  const make = async (path: string, body: unknown) =>
    (await api.call('POST', path, body)).body as { id: number };
  const advertiser = await make('/advertisers', { name: 'Alps' });
  const campaign = await make('/campaigns', { advertiserId: advertiser.id, name: 'Winter' });
  const site = await make('/sites', { name: 'News', domain: 'news.example' });
  zone = (await make('/zones', { siteId: site.id, name: 'Side', sizes: [[300, 250]] })).id;
  const asset = await image(300, 250);
  const lineItem = async (name: string, rest: object, size = asset) => {
    const { id } = await make('/line-items', { campaignId: campaign.id, name, ...rest });
    ids.set(name, id);
    await make('/creatives', { lineItemId: id, name, asset: size, clickUrl: 'https://example.com/' });
  };
  await lineItem('Bavaria', { type: 'standard', weight: 3, targeting: { on: 'region', in: ['DE-BY'] } });
  await lineItem('Phones', { type: 'standard', targeting: { on: 'device', in: ['mobile'] } });
  await lineItem('Tomorrow', { type: 'standard', startAt: '2026-11-24T00:00:00Z' });
  await lineItem('Filler', { type: 'house' });
  await lineItem('Paused', { type: 'house', status: 'paused' });
  await lineItem('Tall', { type: 'house' }, await image(160, 600));

  paced = (await make('/zones', { siteId: site.id, name: 'Paced', sizes: [[728, 90]] })).id;
  const wide = await image(728, 90);
  const dates = { startAt: '2026-11-23T00:00:00Z', endAt: '2026-11-25T00:00:00Z' };
  const goal = { metric: 'impressions', amount: 1000, per: 'day' };
  const terms = { type: 'standard', goal, ...dates };
  await lineItem('Partner', { type: 'sponsorship', share: 30, weight: 1 }, wide);
  await lineItem('Far behind', terms, wide);
  await lineItem('Behind', terms, wide);
  await lineItem('Ahead', terms, wide);
  await lineItem(
    'Spent',
    {
      ...{ ...terms, goal: null, budget: { micros: 1_000_000, per: 'flight' } },
      price: { model: 'cpm', micros: 10_000_000 },
    },
    wide,
  );
  await lineItem('No goal', { type: 'standard' }, wide);
  await lineItem('Dear', { type: 'price_priority', price: { model: 'cpm', micros: 2_000_000 } }, wide);
  await lineItem('Cheap', { type: 'price_priority', price: { model: 'cpm', micros: 1_000_000 } }, wide);
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
/** Books so much of line items: impressions delivered today, each for 0.01, and ads that a worker holds leases for. */
function hold(items: Readonly<Record<string, readonly [delivered: number, leased: number]>>): void {
  pacing = new PacingController(
    Object.entries(items).map(([name, [impressions, leased]]) => {
      const counts = { impressions, viewable: 0, clicks: 0 };
      const untilMs = leased > 0 ? noon + 10_000 : 0;
      const used = { granted: impressions + leased, used: impressions, returned: 0, lost: 0 };
      const state: LedgerState = {
        ...newLedgerState(noon),
        ...{ total: counts, today: { ...counts, dayStartMs: Date.UTC(2026, 10, 23) } },
        history: { ...counts, ads: impressions },
        spentMicros: impressions * 10_000,
        workers: { a: { ...used, untilMs, pull: 0, seen: { ...counts, prompt: impressions } } },
      };
      return [ids.get(name) as number, state] as const;
    }),
  );
}
async function makeCreative(lineItemId: number): Promise<void> {
  const asset = await image(300, 250);
  const made = await api.call('POST', '/creatives', {
    ...{ lineItemId, name: 'made', asset, clickUrl: 'https://example.com/' },
  });
  expect(made.status).toBe(201);
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
    expect(reasons(explained)).toMatchObject({
      Bavaria: 'matches: region is DE-BY',
      Phones: 'matches: device is mobile',
      Tomorrow: 'starts 2026-11-24T00:00:00.000Z',
      Filler: 'matches, but standard goes before house',
      Paused: 'paused',
      Tall: 'size: no active creative has a size that the zone takes',
    });
    const outcomes = explained.lineItems.map(({ name, outcome }) => [name, outcome]);
    expect(Object.fromEntries(outcomes)).toMatchObject({
      ...{ Bavaria: 'drawn', Tomorrow: 'not_started', Filler: 'type_before', Paused: 'paused', Tall: 'size' },
    });
  });

  it('tells those of several rules that are not met', async () => {
    const { body } = await api.call('POST', '/line-items', {
      ...{ campaignId: 1, name: 'Phones in Bavaria', type: 'standard' },
      targeting: {
        and: [
          { on: 'region', in: ['DE-BY'] },
          { on: 'device', in: ['mobile'] },
        ],
      },
    });
    await makeCreative(body.id as number);
    const { lineItems } = await ask({ ip: testAddresses.munich });
    const told = lineItems.find(({ name }) => name === 'Phones in Bavaria');
    expect(told).toMatchObject({ outcome: 'targeting', unmet: [{ on: 'device', in: ['mobile'] }] });
    await api.call('DELETE', `/line-items/${body.id}`);
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

  it('tells how goals and budgets stand, who goes first by need, and what falls to no sponsorship', async () => {
    hold({ 'Far behind': [100, 50], Behind: [400, 10], Ahead: [900, 0], Spent: [100, 0] });
    const explained = await ask({ zone: String(paced) });
    expect(explained.lineItems.map(({ name, share }) => [name, share]).slice(0, 3)).toEqual([
      ['Far behind', 0.7],
      ['Partner', 0.3],
      ['Bavaria', 0],
    ]);
    expect(reasons(explained)).toMatchObject({
      'Far behind': 'matches: no targeting',
      Behind: 'matches, but another one is further behind its plan',
      Ahead:
        'matches, but it is ahead of its plan: 900 impressions of 1,000 impressions of its goal of the day so far, 503 impressions planned by now',
      Spent: 'matches, but its budget is reached: 1 of 1',
      'No goal': 'matches, but those with a goal or a budget go before those without',
      Dear: 'matches, but standard goes before price_priority',
    });
    const pacingOf = (name: string) => explained.lineItems.find((each) => each.name === name)?.pacing;
    expect(pacingOf('Far behind')).toMatchObject({
      goal: {
        metric: 'impressions',
        per: 'day',
        amount: 1000,
        delivered: 100,
        planned: 503,
        state: 'behind',
      },
      ...{ budget: null, workers: 1, leased: 50 },
    });
    expect(pacingOf('Spent')).toMatchObject({
      goal: null,
      budget: { per: 'flight', amount: 1_000_000, delivered: 1_000_000, planned: 250_871, state: 'reached' },
      ...{ workers: 0, leased: 0, leasable: 0 },
    });
    expect(pacingOf('No goal')).toBeNull();
  });

  it('asks the highest expected revenue first where standard has nobody left', async () => {
    const without = { status: 'paused' };
    for (const name of ['Far behind', 'Behind', 'No goal']) {
      await api.call('PATCH', `/line-items/${ids.get(name)}`, without);
    }
    const explained = await ask({ zone: String(paced) });
    expect(explained.lineItems.map(({ name, share }) => [name, share]).slice(0, 2)).toEqual([
      ['Dear', 0.7],
      ['Partner', 0.3],
    ]);
    expect(reasons(explained)).toMatchObject({
      'Far behind': 'paused',
      Cheap: 'matches, but a higher expected revenue goes before',
    });
  });

  it('knows no pacing of another time, and takes everybody to have leases', async () => {
    const explained = await ask({ zone: String(paced), at: '2026-11-23T13:00:00Z' });
    expect(explained.lineItems.filter(({ pacing: told }) => told !== null)).toEqual([]);
    expect(explained.lineItems.map(({ name, share }) => [name, share]).slice(0, 3)).toEqual([
      ['Ahead', 0.35],
      ['Spent', 0.35],
      ['Partner', 0.3],
    ]);
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
