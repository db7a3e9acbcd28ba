import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signPreview, TokenSigner } from '../../../server/delivery/index.ts';
import { readSigningKeys } from '../../../server/secrets/index.ts';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

let delivery: TestDelivery;
beforeAll(async () => {
  delivery = await testDelivery(regionalInventory());
});
afterAll(() => delivery.close());

interface Ad {
  readonly id: string;
  readonly noFill: string | null;
  readonly creative: { readonly id: number } | null;
  readonly impressionUrl: string;
  readonly clickUrl: string;
}

const previewOf = (creative: number) =>
  signPreview(new TokenSigner(readSigningKeys(delivery.dataDir)), creative, delivery.clock.nowMs);
const ask = (preview: string) =>
  delivery.fetch(`/v1/ad?zone=12&preview=${preview}`, { from: testAddresses.taipei });

describe('a preview', () => {
  it('shows the creative asked for, and nothing that is told of it counts', async () => {
    const ad = (await (await ask(previewOf(2))).json()) as Ad;
    expect(ad.creative?.id).toBe(2);
    await delivery.fetch(new URL(ad.impressionUrl).pathname);
    const click = await delivery.fetch(new URL(ad.clickUrl).pathname);
    expect(click.headers.get('location')).toBe('https://example.com/landing/2?a=1&b=%C3%BC');
    const events = delivery.events().filter(({ id }) => id === ad.id);
    expect(events.map(({ type, not_counted, creative }) => [type, not_counted, creative])).toEqual([
      ['ad_request', 'preview', 2],
      ['impression', 'preview', 2],
      ['click', 'preview', 2],
    ]);
  });

  it('of a creative that does not run is a no-fill', async () => {
    expect(((await (await ask(previewOf(999))).json()) as Ad).noFill).toBe('no_creative_fits');
  });

  it('cannot be forged, outlives no day, and is no token of a decision', async () => {
    const preview = previewOf(2);
    expect((await ask(`${preview.slice(0, -1)}${preview.endsWith('A') ? 'B' : 'A'}`)).status).toBe(400);
    expect((await ask('2')).status).toBe(400);
    const ad = (await (await delivery.fetch('/v1/ad?zone=12', { from: testAddresses.taipei })).json()) as Ad;
    const token = new URL(ad.clickUrl).pathname.split('/').at(-1) ?? '';
    expect((await ask(token)).status).toBe(400);
    const before = delivery.events().length;
    for (const path of ['e/i', 'e/v', 'c', 'h']) {
      expect((await delivery.fetch(`/v1/${path}/${preview}`)).status).toBe(400);
    }
    expect(delivery.events().length).toBe(before);
    delivery.clock.nowMs += 86_400_001;
    expect((await ask(preview)).status).toBe(400);
  });
});
