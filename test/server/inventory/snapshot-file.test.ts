import { expect, it } from 'vitest';
import { readSnapshot, snapshotText, TimeSlices } from '../../../server/inventory/index.ts';
import { manyLineItems } from '../../support/inventory.ts';
import { seededRandom } from '../../support/random.ts';

const slices = () => new TimeSlices(1000);
const read = (text: string) => readSnapshot(Buffer.from(text), slices());

/** Lists that a snapshot may leave out. */
const none = { conversionActions: [], advertisers: [], categories: [], segments: [] };

it('reads what it wrote, whatever the size', async () => {
  for (const count of [1, 499, 500, 1234]) {
    const snapshot = manyLineItems(count, seededRandom(count));
    const text = snapshotText(snapshot);
    expect(await read(text)).toEqual({ ...none, ...snapshot });
    expect(text.split('\n').length).toBeGreaterThan(count / 250);
  }
});

it('refuses what is cut short or no snapshot', async () => {
  const text = snapshotText(manyLineItems(20, seededRandom(1)));
  await expect(read(text.slice(0, -20))).rejects.toThrow();
  await expect(read('{"lineItems":[]}')).rejects.toThrow('no inventory snapshot');
  await expect(read('')).rejects.toThrow('no inventory snapshot');
});

it('lets others have their turn while it reads', async () => {
  const content = Buffer.from(snapshotText(manyLineItems(5000, seededRandom(2))));
  let turns = 0;
  const counting = setInterval(() => {
    turns++;
  }, 0);
  await readSnapshot(content, new TimeSlices(1));
  clearInterval(counting);
  expect(turns).toBeGreaterThan(2);
});
