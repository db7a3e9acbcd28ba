import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Harness, startApi } from './harness.ts';

let api: Harness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const withHeader = (name: string, value: string) => ({ headers: { [name]: value } });
const post = (path: string, body: object, key?: string) =>
  api.call('POST', path, body, key === undefined ? {} : withHeader('Idempotency-Key', key));
const make = async (path: string, body: object) => Number((await post(path, body)).body.id);
const text = (lineItemId: number, name: string) => ({
  ...{ lineItemId, name, type: 'text', width: 300, height: 250 },
  ...{ headline: 'Taipei', text: 'By night', clickUrl: 'https://example.com/' },
});

interface Tree {
  readonly advertiserId: number;
  readonly campaignId: number;
  readonly lineItemId: number;
}

async function makeTree(name: string): Promise<Tree> {
  const advertiserId = await make('/advertisers', { name });
  const campaignId = await make('/campaigns', { advertiserId, name, category: 'travel' });
  const lineItemId = await make('/line-items', {
    ...{ campaignId, name, type: 'standard', endAt: '2099-01-01T00:00:00Z' },
    goal: { metric: 'impressions', amount: 1000, per: 'flight' },
    targeting: { on: 'country', in: ['TW'] },
    caps: [{ events: 3, per: { unit: 'day', count: 1 } }],
  });
  return { advertiserId, campaignId, lineItemId };
}

describe('the version of an entity', () => {
  it('is the same however it is answered, and another one after each change', async () => {
    const created = await post('/advertisers', { name: 'Tagged' });
    const path = `/advertisers/${created.body.id}`;
    const read = await api.call('GET', path);
    expect(read.headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
    expect(created.headers.get('etag')).toBe(read.headers.get('etag'));
    const changed = await api.call('PATCH', path, { name: 'Other' });
    expect(changed.headers.get('etag')).not.toBe(read.headers.get('etag'));
    expect(changed.headers.get('etag')).toBe((await api.call('GET', path)).headers.get('etag'));
  });

  it.each([
    ['/advertisers', () => ({ name: 'A' })],
    ['/campaigns', ({ advertiserId }: Tree) => ({ advertiserId, name: 'A' })],
    ['/line-items', ({ campaignId }: Tree) => ({ campaignId, name: 'A', type: 'house' })],
    ['/creatives', ({ lineItemId }: Tree) => text(lineItemId, 'A')],
    ['/conversion-actions', ({ advertiserId }: Tree) => ({ advertiserId, name: 'A' })],
    ['/sites', () => ({ name: 'A', domain: 'a.example' })],
    ['/users', () => ({ name: 'A', role: 'analyst' })],
  ] as const)('guards %s against lost updates, and archives and restores it', async (path, body) => {
    const made = await post(path, body(await makeTree('Guarded')));
    const one = `${path}/${made.body.id}`;
    const first = made.headers.get('etag') ?? '';
    const change = (tag: string, name: string) =>
      api.call('PATCH', one, { name }, withHeader('If-Match', tag));
    const mine = await change(`"other", W/${first}`, 'Mine');
    expect(mine.status).toBe(200);
    const lost = await change(first, 'Theirs');
    expect([lost.status, lost.body.code]).toEqual([412, 'precondition_failed']);
    expect((await api.call('DELETE', one, undefined, withHeader('If-Match', first))).status).toBe(412);
    expect((await api.call('GET', one)).body).toEqual(mine.body);
    expect((await change('*', 'Any')).body.name).toBe('Any');
    expect((await api.call('DELETE', one)).status).toBe(204);
    expect((await api.call('PATCH', one, { status: 'active' })).body.status).toBe('active');
  });

  it('lets one of several changes at the same time through', async () => {
    const made = await post('/advertisers', { name: 'Contended' });
    const tag = made.headers.get('etag') ?? '';
    const names = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(
      names.map((name) =>
        api.call('PATCH', `/advertisers/${made.body.id}`, { name }, withHeader('If-Match', tag)),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

describe('an Idempotency-Key', () => {
  const countOf = async (name: string) => (await api.call('GET', `/advertisers?q=${name}`)).body['total'];

  it('creates once, and answers the same again', async () => {
    const first = await post('/advertisers', { name: 'Only once' }, 'key-1');
    const again = await post('/advertisers', { name: 'Only once' }, 'key-1');
    expect([again.status, again.text]).toEqual([201, first.text]);
    for (const name of ['location', 'etag']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await countOf('only%20once')).toBe(1);
  });

  it('creates once however many ask at the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 6 }, () => post('/advertisers', { name: 'Crowded' }, 'key-2')),
    );
    expect(new Set(all.map(({ status, text: body }) => `${status} ${body}`)).size).toBe(1);
    expect(await countOf('crowded')).toBe(1);
  });

  it('is good for one request alone', async () => {
    await post('/advertisers', { name: 'Mine' }, 'key-3');
    for (const other of [
      await post('/advertisers', { name: 'Another' }, 'key-3'),
      await post('/sites', { name: 'Mine', domain: 'mine.example' }, 'key-3'),
    ]) {
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    }
    expect((await post('/advertisers', { name: 'x' }, 'two words')).body.errors?.[0]?.path).toBe(
      '/Idempotency-Key',
    );
  });

  it("is one's own", async () => {
    const userId = await make('/users', { name: 'Kim', role: 'adops' });
    const { key } = (await post('/api-keys', { name: 'Kim', userId })).body as { key?: string };
    const init = { headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': 'key-4' } };
    const mine = await post('/advertisers', { name: 'Shared' }, 'key-4');
    const theirs = await api.call('POST', '/advertisers', { name: 'Shared' }, init);
    expect([mine.status, theirs.status, mine.body.id === theirs.body.id]).toEqual([201, 201, false]);
  });

  it('is free again when nothing was created, and after a day', async () => {
    const refused = await post('/campaigns', { advertiserId: 999_999, name: 'x' }, 'key-5');
    expect(refused.body.code).toBe('invalid_input');
    const advertiserId = await make('/advertisers', { name: 'Later' });
    expect((await post('/campaigns', { advertiserId, name: 'x' }, 'key-5')).status).toBe(201);
    const yesterday = new Date(Date.now() - 24 * 3_600_000 - 1000);
    await api.database.db
      .updateTable('idempotency_keys')
      .set({ created_at: yesterday } as object)
      .where('key', '=', 'key-5')
      .execute();
    expect((await post('/campaigns', { advertiserId, name: 'y' }, 'key-5')).body.name).toBe('y');
  });
});

describe('lists', () => {
  it('are sorted both ways, page by page, and found by name and by what they belong to', async () => {
    const { advertiserId, campaignId } = await makeTree('Listing');
    for (const name of ['delta', 'Alpha', 'charlie', 'Bravo', 'alpha']) {
      await make('/line-items', { campaignId, name, type: 'house' });
    }
    const other = await makeTree('Elsewhere');
    const namesOf = async (query: string) => {
      const names: unknown[] = [];
      let after = '';
      for (let more = true; more; ) {
        const { body } = await api.call('GET', `/line-items?limit=2&${query}${after}`);
        names.push(...(body.items ?? []).map((item) => Reflect.get(item, 'name')));
        more = typeof body.next === 'string';
        after = `&after=${body.next}`;
      }
      return names;
    };
    const within = `advertiserId=${advertiserId}`;
    const sorted = ['Alpha', 'alpha', 'Bravo', 'charlie', 'delta', 'Listing'];
    expect(await namesOf(`${within}&sort=name`)).toEqual(sorted);
    const mirrored = [...sorted.slice(2).reverse(), 'alpha', 'Alpha'];
    expect(await namesOf(`${within}&sort=-name`)).toEqual(mirrored);
    const made = ['Listing', 'delta', 'Alpha', 'charlie', 'Bravo', 'alpha'];
    expect(await namesOf(`${within}&sort=createdAt`)).toEqual(made);
    expect(await namesOf(`${within}&sort=-updatedAt`)).toEqual([...made].reverse());
    expect(await namesOf(`campaignId=${campaignId}&q=LPH`)).toEqual(['Alpha', 'alpha']);
    expect(await namesOf(`${within}&q=%25`)).toEqual([]);
    expect(await namesOf(`advertiserId=${other.advertiserId}&status=active,paused`)).toEqual(['Elsewhere']);
    expect(await namesOf(`${within}&status=paused,archived`)).toEqual([]);
    const page = await api.call('GET', `/line-items?${within}&sort=name&limit=1`);
    const wrong = await api.call('GET', `/line-items?${within}&sort=id&after=${page.body.next}`);
    expect(wrong.body.errors?.[0]?.path).toBe('/after');
  });
});

describe('a duplicate', () => {
  const itemsOf = async (path: string) => (await api.call('GET', path)).body.items as unknown as object[];
  /** All but what tells two copies apart. */
  const alike = (item: object) => {
    const {
      id: _id,
      createdAt: _made,
      updatedAt: _changed,
      campaignId: _c,
      lineItemId: _l,
      ...rest
    } = item as Record<string, unknown>;
    return rest;
  };

  it('of a campaign has all that belongs to it, but for what is archived, and begins paused', async () => {
    const { campaignId, lineItemId } = await makeTree('Original');
    await make('/creatives', text(lineItemId, 'One'));
    await make('/creatives', {
      ...text(lineItemId, 'Two'),
      status: 'paused',
      links: { a: 'https://a.example/' },
    });
    const gone = await make('/creatives', text(lineItemId, 'Gone'));
    await api.call('DELETE', `/creatives/${gone}`);
    const changes = api.changes();
    const copy: Answer = await post(`/campaigns/${campaignId}/duplicates`, {}, 'copy-1');
    expect([copy.status, copy.headers.get('location')]).toEqual([201, `/api/v1/campaigns/${copy.body.id}`]);
    expect(copy.body).toMatchObject({ name: 'Original (copy)', status: 'paused', category: 'travel' });
    expect(api.changes()).toBe(changes + 1);
    expect((await post(`/campaigns/${campaignId}/duplicates`, {}, 'copy-1')).body.id).toBe(copy.body.id);

    const lineItems = await itemsOf(`/line-items?campaignId=${copy.body.id}`);
    expect(lineItems.map(alike)).toEqual((await itemsOf(`/line-items?campaignId=${campaignId}`)).map(alike));
    const creatives = await itemsOf(`/creatives?campaignId=${copy.body.id}`);
    const originals = await itemsOf(`/creatives?campaignId=${campaignId}&status=active,paused`);
    expect(creatives.map(alike)).toEqual(originals.map(alike));
  });

  it('of a line item stays in its campaign, with the name and the status that are asked for', async () => {
    const { campaignId, lineItemId } = await makeTree('Item');
    await make('/creatives', text(lineItemId, 'One'));
    const copy = await post(`/line-items/${lineItemId}/duplicates`, { name: 'Twin', status: 'active' });
    expect(copy.body).toMatchObject({ campaignId, name: 'Twin', status: 'active' });
    expect((await itemsOf(`/creatives?lineItemId=${copy.body.id}`)).length).toBe(1);
    const long = await make('/line-items', { campaignId, name: 'x'.repeat(200), type: 'house' });
    expect((await post(`/line-items/${long}/duplicates`, {})).body.name).toHaveLength(200);
    await api.call('DELETE', `/campaigns/${campaignId}`);
    expect((await post(`/line-items/${lineItemId}/duplicates`, {})).body.code).toBe('conflict');
    expect((await post('/campaigns/999999/duplicates', {})).status).toBe(404);
  });
});
