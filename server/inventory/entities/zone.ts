import { z } from 'zod';
import { answered, commonOutput, id, name, supplyStatus } from '../fields.ts';
import { maxImageSidePx } from '../images.ts';
import type { EntityDefinition } from '../store.ts';

const siteId = id.meta({ description: 'The site it belongs to; cannot change.', example: 2 });
const side = z.int().min(1).max(maxImageSidePx);
const sizes = z
  .array(z.tuple([side, side]))
  .min(1)
  .max(20)
  .refine(
    (list) => new Set(list.map(([width, height]) => `${width}×${height}`)).size === list.length,
    'must not name a size twice',
  )
  .meta({
    description:
      'Width and height in CSS pixels; a creative fits when it has one of these. The tag reserves the first.',
    example: [[300, 250]],
  });

const fields = { name, status: supplyStatus, sizes };

const createSchema = z
  .strictObject({ siteId, name, status: supplyStatus.default('active'), sizes })
  .meta({ id: 'ZoneCreate', example: { siteId: 2, name: 'Sidebar', sizes: [[300, 250]] } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'ZonePatch', example: { name: 'Sidebar, top' } });
const outputSchema = z.object({ ...answered, siteId, ...fields }).meta({
  id: 'Zone',
  description: "A place on a site's pages.",
});

export type ZoneCreate = z.output<typeof createSchema>;
export type ZonePatch = z.output<typeof patchSchema>;
export type Zone = z.output<typeof outputSchema>;

export const zoneDefinition: EntityDefinition<'zones', ZoneCreate, ZonePatch, Zone> = {
  table: 'zones',
  word: 'zone',
  parent: { table: 'sites', word: 'site', column: 'site_id', property: 'siteId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({ ...commonOutput(row), siteId: row.site_id, status: row.status, sizes: row.sizes }),
  toInsert: async ({ siteId, sizes, ...rest }) => ({
    ...rest,
    site_id: siteId,
    sizes: JSON.stringify(sizes),
  }),
  toUpdate: async ({ sizes, ...rest }) => ({
    ...rest,
    sizes: sizes === undefined ? undefined : JSON.stringify(sizes),
  }),
};
