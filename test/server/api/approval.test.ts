import { afterAll, beforeAll, expect, it } from 'vitest';
import { InventoryIndex } from '../../../server/delivery/index.ts';
import { compileSnapshot } from '../../../server/inventory/index.ts';
import { type Harness, startApi } from './harness.ts';

let api: Harness;
let lineItemId: number;

beforeAll(async () => {
  api = await startApi([], { approval: 'on' });
  const advertiserId = await make('/advertisers', { name: 'A' });
  const campaignId = await make('/campaigns', { advertiserId, name: 'C' });
  lineItemId = await make('/line-items', { campaignId, name: 'L', type: 'house' });
});
afterAll(() => api.close());

const make = async (path: string, body: object) => Number((await api.call('POST', path, body)).body.id);
const makeCreative = () =>
  make('/creatives', {
    ...{ lineItemId, name: 'Text', type: 'text', width: 300, height: 250 },
    ...{ headline: 'Taipei', text: 'By night', clickUrl: 'https://example.com/' },
  });
const decide = (id: number, body: object, headers: Record<string, string> = {}) =>
  api.call('PUT', `/creatives/${id}/approval`, body, { headers });

/** Whether decisions see it, and whether previews do. */
async function seen(id: number) {
  const snapshot = await compileSnapshot(api.database.db);
  const shown = snapshot.lineItems.flatMap(({ creativeIds }) => creativeIds).includes(id);
  return { shown, preview: new InventoryIndex(snapshot, '').creative(id) !== undefined };
}

it('keeps what is new from being shown until it is approved, but for previews', async () => {
  const id = await makeCreative();
  const made = (await api.call('GET', `/creatives/${id}`)).body;
  expect(made).toMatchObject({ approval: 'pending', approvalNote: '' });
  expect(await seen(id)).toEqual({ shown: false, preview: true });
  const waiting = await api.call('GET', '/creatives?approval=pending');
  expect(waiting.body.items?.map((item) => item.id)).toEqual([id]);
  const approved = await decide(id, { approval: 'approved', note: 'Fine' });
  expect(approved.body).toMatchObject({ approval: 'approved', approvalNote: 'Fine' });
  expect(await seen(id)).toEqual({ shown: true, preview: true });
});

it('asks again when the content changes, and only then', async () => {
  const id = await makeCreative();
  await decide(id, { approval: 'approved' });
  const patch = async (body: object) => (await api.call('PATCH', `/creatives/${id}`, body)).body['approval'];
  expect(await patch({ name: 'Other', status: 'paused', caps: [] })).toBe('approved');
  expect(await patch({ status: 'active' })).toBe('approved');
  for (const change of [{ headline: 'Other' }, { clickUrl: 'https://other.example/' }, { links: {} }]) {
    expect(await patch(change)).toBe('pending');
    expect((await seen(id)).shown).toBe(false);
    await decide(id, { approval: 'approved' });
  }
});

it('needs a reason to reject, and is about the version that was looked at', async () => {
  const id = await makeCreative();
  expect((await decide(id, { approval: 'rejected' })).body.errors?.[0]?.path).toBe('/note');
  const tag = (await api.call('GET', `/creatives/${id}`)).headers.get('etag') ?? '';
  await api.call('PATCH', `/creatives/${id}`, { headline: 'Swapped' });
  expect((await decide(id, { approval: 'approved' }, { 'If-Match': tag })).status).toBe(412);
  expect((await decide(id, { approval: 'rejected', note: 'Too loud' })).body).toMatchObject({
    ...{ approval: 'rejected', approvalNote: 'Too loud' },
  });
  expect((await seen(id)).shown).toBe(false);
  for (const field of ['approval', 'approvalNote']) {
    const sneaked = await api.call('PATCH', `/creatives/${id}`, { [field]: 'approved' });
    expect(sneaked.body.errors?.[0]?.path).toBe(`/${field}`);
  }
});
