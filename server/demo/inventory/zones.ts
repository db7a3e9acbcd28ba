import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.ts';

export interface DemoZone {
  readonly id: number;
  readonly siteId: number;
  readonly name: string;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** The zones of the demo page in the order of their making; none where the demo inventory was removed. */
export async function demoZones(db: Kysely<Tables>): Promise<DemoZone[]> {
  const rows = await db
    .selectFrom('zones')
    .select(['id', 'site_id', 'name', 'sizes'])
    .where('demo', '=', true)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute();
  return rows.map(({ id, site_id, name, sizes }) => {
    const [width, height] = sizes[0] ?? [0, 0];
    return { id, siteId: site_id, name, width, height };
  });
}

/** Whether anything of the demo inventory is left. */
export async function hasDemoInventory(db: Kysely<Tables>): Promise<boolean> {
  for (const table of ['advertisers', 'sites'] as const) {
    const row = await db.selectFrom(table).select('id').where('demo', '=', true).limit(1).executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}
