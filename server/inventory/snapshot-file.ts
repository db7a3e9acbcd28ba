import type { InventorySnapshot } from './snapshot.ts';
import type { TimeSlices } from './time-slices.ts';

/** Lists that a part of a file holds at most. */
const itemsInPart = 500;
const lists = [
  ...['sites', 'zones', 'lineItems', 'creatives', 'landings', 'conversionActions'],
  ...['advertisers', 'categories', 'segments'],
] as const satisfies readonly (keyof InventorySnapshot)[];

/**
 * A snapshot as text: parts, each a JSON object on a line of its own. What is in a list of one part follows what is in
 * the same list of those before it, so that a large inventory is read a bit at a time.
 */
export function snapshotText(snapshot: InventorySnapshot): string {
  const { version, madeAtMs } = snapshot;
  const parts = [JSON.stringify({ version, madeAtMs })];
  for (const list of lists) {
    const items = snapshot[list] ?? [];
    for (let from = 0; from < items.length; from += itemsInPart)
      parts.push(JSON.stringify({ [list]: items.slice(from, from + itemsInPart) }));
  }
  return `${parts.join('\n')}\n`;
}

/**
 * Reads what `snapshotText` wrote.
 * @throws Error where the content is no snapshot
 */
export async function readSnapshot(content: Buffer, slices: TimeSlices): Promise<InventorySnapshot> {
  const snapshot: Record<string, unknown> = {};
  for (const list of lists) snapshot[list] = [];
  for (let from = 0; from < content.length; ) {
    const lineEnd = content.indexOf(10, from);
    const end = lineEnd < 0 ? content.length : lineEnd;
    for (const [key, value] of Object.entries(JSON.parse(content.toString('utf8', from, end)) as object)) {
      const before = snapshot[key];
      if (Array.isArray(before) && Array.isArray(value)) for (const item of value) before.push(item);
      else snapshot[key] = value;
    }
    from = end + 1;
    await slices.pause();
  }
  if (typeof snapshot['version'] !== 'number') throw new Error('this is no inventory snapshot');
  return snapshot as unknown as InventorySnapshot;
}
