import type { Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';
import type { SnapshotCategory, SnapshotSegment } from './snapshot.ts';

/** The categories and segments in use, in the order of their ids. */
export async function readInterests(
  transaction: Transaction<Tables>,
): Promise<{ categories: SnapshotCategory[]; segments: SnapshotSegment[] }> {
  const categories = await transaction
    .selectFrom('interest_categories')
    .where('status', '=', 'active')
    .selectAll()
    .orderBy('id')
    .execute();
  const segments = await transaction
    .selectFrom('segments')
    .where('status', '=', 'active')
    .select(['name', 'categories', 'match', 'at_least'])
    .orderBy('id')
    .execute();
  return {
    categories: categories.map((row) => ({
      id: row.id,
      name: row.name,
      titles: row.titles as Record<string, string>,
      siteId: row.site_id,
      pages: row.pages,
      keyValues: row.key_values as SnapshotCategory['keyValues'],
    })),
    segments: segments.map(({ at_least: atLeast, ...segment }) => ({ ...segment, atLeast })),
  };
}
