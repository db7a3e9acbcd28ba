import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startApi } from './harness.ts';

let api: Harness;
let campaignId = 0;
beforeAll(async () => {
  api = await startApi();
  const advertiser = await api.call('POST', '/advertisers', { name: 'A' });
  const campaign = await api.call('POST', '/campaigns', {
    advertiserId: advertiser.body.id,
    name: 'C',
    category: 'airlines',
    caps: [{ events: 5, per: { unit: 'lifetime' } }],
  });
  expect(campaign.body).toMatchObject({ category: 'airlines', caps: [{ events: 5, per: { count: 1 } }] });
  campaignId = campaign.body.id ?? 0;
});
afterAll(() => api.close());

const create = (terms: object) =>
  api.call('POST', '/line-items', { campaignId, name: 'L', type: 'standard', ...terms });
const endAt = '2030-01-01T00:00:00Z';
const goal = { metric: 'clicks', amount: 100, per: 'flight' };
const budget = { micros: 5_000_000, per: 'flight' };
const price = { model: 'cpc', micros: 250_000 };

describe("a line item's terms", () => {
  it('are kept as they were given', async () => {
    const terms = {
      goal,
      budget,
      price,
      endAt,
      pacing: 'asap',
      timeZone: 'Asia/Taipei',
      caps: [{ events: 3, per: { unit: 'hour', count: 6 } }],
      roadblock: true,
    };
    const made = await create(terms);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...terms, endAt: '2030-01-01T00:00:00.000Z', share: null });
    const path = `/line-items/${made.body.id}`;
    const patched = await api.call('PATCH', path, { goal: null, timeZone: 'UTC' });
    expect(patched.body).toMatchObject({ goal: null, budget, timeZone: 'UTC', roadblock: true });
  });

  it.each([
    [{ type: 'sponsorship' }, '/share'],
    [{ type: 'sponsorship', share: 0 }, '/share'],
    [{ type: 'sponsorship', share: 101 }, '/share'],
    [{ type: 'house', share: 5 }, '/share'],
    [{ goal }, '/endAt'],
    [{ goal: { ...goal, metric: 'views' }, endAt }, '/goal/metric'],
    [{ goal: { ...goal, amount: 0 }, endAt }, '/goal/amount'],
    [{ goal: { ...goal, per: 'week' }, endAt }, '/goal/per'],
    [{ budget, endAt }, '/price'],
    [{ budget, endAt, price: { model: 'flat', micros: 1 } }, '/price'],
    [{ budget, price }, '/endAt'],
    [{ budget: { ...budget, micros: 1.5 }, price, endAt }, '/budget/micros'],
    [{ price: { model: 'cpa', micros: 1 } }, '/price/model'],
    [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ timeZone: '+08:00' }, '/timeZone'],
    [{ caps: [{ events: 0, per: { unit: 'day' } }] }, '/caps/0/events'],
    [{ caps: [{ events: 1, per: { unit: 'lifetime', count: 2 } }] }, '/caps/0/per/count'],
    [{ pacing: 'fast' }, '/pacing'],
  ])('%j are refused at %s', async (terms, pointer) => {
    const answer = await create(terms);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    expect((answer.body.errors ?? []).map(({ path }) => path)).toContain(pointer);
  });

  it('have to fit also after a change', async () => {
    const made = await create({ goal, endAt });
    const path = `/line-items/${made.body.id}`;
    for (const [patch, pointer] of [
      [{ endAt: null }, '/endAt'],
      [{ type: 'sponsorship' }, '/share'],
      [{ budget }, '/price'],
    ] as const) {
      const answer = await api.call('PATCH', path, patch);
      expect((answer.body.errors ?? []).map((error) => error.path)).toEqual([pointer]);
    }
    expect((await api.call('PATCH', path, { type: 'sponsorship', share: 40 })).body['share']).toBe(40);
  });
});
