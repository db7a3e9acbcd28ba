import { z } from 'zod';
import { answered, commonOutput, demandStatus, name } from '../fields.ts';
import type { EntityDefinition } from '../store.ts';

const payer = z.string().trim().min(1).max(200).nullable().meta({
  description: 'Who pays for the ads, as those who see them are told; null: the advertiser.',
  example: 'Taipei City Government',
});

const visitorValues = z.boolean().meta({
  description:
    'Whether it keeps a number and a value of its own in the browsers of visitors who consent; see docs/advertiser-values.md.',
  example: false,
});

const fields = { name, status: demandStatus, payer, visitorValues };

const createSchema = z
  .strictObject({
    name,
    status: demandStatus.default('active'),
    payer: payer.default(null),
    visitorValues: visitorValues.default(false),
  })
  .meta({ id: 'AdvertiserCreate', example: { name: 'Taipei Travel' } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'AdvertiserPatch', example: { status: 'paused' } });
const outputSchema = z.object({ ...answered, ...fields }).meta({
  id: 'Advertiser',
  description: 'Who pays for the ads, and owns campaigns.',
});

export type AdvertiserCreate = z.output<typeof createSchema>;
export type AdvertiserPatch = z.output<typeof patchSchema>;
export type Advertiser = z.output<typeof outputSchema>;

function columnsOf<Given extends AdvertiserPatch>({ visitorValues: values, ...rest }: Given) {
  return values === undefined ? rest : { ...rest, visitor_values: values };
}

export const advertiserDefinition: EntityDefinition<
  'advertisers',
  AdvertiserCreate,
  AdvertiserPatch,
  Advertiser
> = {
  table: 'advertisers',
  word: 'advertiser',
  parent: undefined,
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    status: row.status,
    payer: row.payer,
    visitorValues: row.visitor_values,
  }),
  toInsert: async (input) => columnsOf(input),
  toUpdate: async (patch) => columnsOf(patch),
};
