import { z } from 'zod';
import { caps, capsJson, category } from '../delivery-fields.ts';
import type { Cap } from '../delivery-terms.ts';
import { answered, commonOutput, demandStatus, externalId, id, name } from '../fields.ts';
import type { EntityDefinition } from '../store.ts';

const fields = { name, status: demandStatus, category, caps, externalId };
const advertiserId = id.meta({ description: 'The advertiser it belongs to; cannot change.', example: 3 });

const createSchema = z
  .strictObject({
    advertiserId,
    name,
    status: demandStatus.default('active'),
    category: category.default(null),
    caps: caps.default([]),
    externalId: externalId.default(null),
  })
  .meta({ id: 'CampaignCreate', example: { advertiserId: 3, name: 'Summer in Taipei' } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'CampaignPatch', example: { status: 'paused' } });
const outputSchema = z.object({ ...answered, advertiserId, ...fields }).meta({
  id: 'Campaign',
  description: 'Line items with one purpose, of one advertiser.',
});

export type CampaignCreate = z.output<typeof createSchema>;
export type CampaignPatch = z.output<typeof patchSchema>;
export type Campaign = z.output<typeof outputSchema>;

export const campaignDefinition: EntityDefinition<'campaigns', CampaignCreate, CampaignPatch, Campaign> = {
  table: 'campaigns',
  word: 'campaign',
  parent: { table: 'advertisers', word: 'advertiser', column: 'advertiser_id', property: 'advertiserId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    advertiserId: row.advertiser_id,
    status: row.status,
    category: row.category,
    caps: row.caps as Cap[],
    externalId: row.external_id,
  }),
  toInsert: async ({ advertiserId, caps, externalId: external, ...rest }) => ({
    ...rest,
    external_id: external,
    advertiser_id: advertiserId,
    caps: capsJson(caps),
  }),
  toUpdate: async ({ caps, externalId: external, ...rest }) => ({
    ...rest,
    external_id: external,
    caps: caps === undefined ? undefined : capsJson(caps),
  }),
};
