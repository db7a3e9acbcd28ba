import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotLineItem, Targeting } from '../../../server/inventory/index.ts';
import { inventoryOf, oneOfEach } from '../../support/creatives.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

const from = testAddresses.munich;
let delivery: TestDelivery;

/** Zones 1 to 4: for visitors from search.example, for sport, for the place at the top, and for both of the last. */
beforeAll(async () => {
  const [image] = oneOfEach('https://shop.example/');
  const sport: Targeting = { on: 'keyValue', key: 'section', in: ['sport'] };
  const top: Targeting = { on: 'keyValue', key: 'place', in: ['top'] };
  const rules: readonly Targeting[] = [
    { on: 'referrer', in: ['search.example'] },
    sport,
    top,
    { and: [sport, top] },
  ];
  const snapshot = inventoryOf(rules.map((_, at) => ({ ...image!, id: at + 1, width: 301 + at })));
  const lineItems: SnapshotLineItem[] = snapshot.lineItems.map((lineItem, at) => ({
    ...lineItem,
    targeting: rules[at] ?? null,
  }));
  delivery = await testDelivery({ ...snapshot, lineItems });
});
afterAll(() => delivery.close());
const get = (path: string) => delivery.fetch(path, { from });

/** For each zone of the request, whether it has an ad. */
async function filled(query: string): Promise<boolean[]> {
  const answer = (await (await get(`/v1/ad?${query}`)).json()) as { noFill: string | null }[];
  return [answer].flat().map(({ noFill }) => noFill === null);
}

describe('the referring site', () => {
  it('is read by every kind of request for an ad', async () => {
    const ref = `ref=${encodeURIComponent('https://www.search.example')}`;
    expect(await filled(`zone=1&${ref}`)).toEqual([true]);
    expect(await filled(`zones=1,1&${ref}`)).toEqual([true, false]);
    expect(await (await get(`/v1/frame?zone=1&${ref}`)).text()).toContain('"noFill":null');
    expect((await get(`/v1/img/click?zone=1&n=a&${ref}`)).status).toBe(302);
  });

  it('is not what a browser says of the page that asks', async () => {
    const headers = { referer: 'https://www.search.example/' };
    const answer = await delivery.fetch('/v1/ad?zone=1', { from, headers });
    expect(await answer.json()).toMatchObject({ noFill: 'targeting' });
    expect(await filled('zone=1&ref=')).toEqual([false]);
  });

  it('is the one field of a page view of which only the host is kept', async () => {
    const body = JSON.stringify({
      ...{ zone: 1, url: 'https://news.example/a' },
      referrer: 'https://www.search.example/find?q=secret',
    });
    expect((await delivery.fetch('/v1/page', { method: 'POST', body, from })).status).toBe(204);
    expect(delivery.events().at(-1)).toMatchObject({ type: 'page_view', referrer: 'www.search.example' });
  });
});

describe('key-values', () => {
  const encoded = (kvs: string) => `kvs=${encodeURIComponent(kvs)}`;

  it('of a zone hold for that zone alone, and those of the page for all', async () => {
    expect(await filled(`zones=2,3,4&kv=section:sport&${encoded(';place:top;place:top')}`)).toEqual([
      ...[true, true, true],
    ]);
    expect(await filled(`zones=2,3,4&kv=section:sport&${encoded(';;place:top')}`)).toEqual([
      ...[true, false, true],
    ]);
    expect(await filled(`zones=2,3,4&${encoded('section:sport;place:top;place:top')}`)).toEqual([
      ...[true, true, false],
    ]);
    expect(await filled(`zones=4&${encoded('place:top,section:sport')}`)).toEqual([true]);
  });

  it('count by the place in the list, also behind a zone that is not known', async () => {
    expect(await filled(`zones=99,3&${encoded(';place:top')}`)).toEqual([false, true]);
  });

  it.each(['', ';', ';;;;;;', '%', ':;:', ';place:top;place:top;place:top'])(
    'of %j are no fault, whatever the number of zones',
    async (kvs) => {
      expect(await filled(`zones=3,1&${encoded(kvs)}`)).toHaveLength(2);
    },
  );
});
