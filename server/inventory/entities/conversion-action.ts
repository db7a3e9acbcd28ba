import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { answered, commonOutput, demandStatus, id, name } from '../fields.ts';
import type { EntityDefinition } from '../store.ts';

const advertiserId = id.meta({ description: 'The advertiser it belongs to; cannot change.', example: 3 });
const clickWindowDays = z.int().min(1).max(90).meta({
  description: 'A click counts for a conversion that comes within so many days.',
  example: 30,
});
const viewWindowHours = z
  .int()
  .min(0)
  .max(24)
  .meta({
    description:
      'An impression counts for a conversion of the same visitor that comes within so many hours, on the same day of UTC: ' +
      'without a cookie nobody is known for longer. 0: never.',
    example: 24,
  });
const counting = z.enum(['one', 'every']).meta({
  description:
    '`one`: one conversion of each click or impression, as for sign-ups; `every`: every order, as for sales.',
  example: 'every',
});
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, like EUR')
  .meta({
    description: 'Of its values. Values in another currency are kept and not counted.',
    example: 'EUR',
  });
const clickId = z.boolean().meta({
  description:
    "Whether the advertiser's landing pages are told which click led to them, as `signpost_click` in their address.",
});
const pixel = z.boolean().meta({
  description:
    'Whether the pixel is taken, which anybody can call. Without, only a server that has the secret reports.',
});

const fields = {
  name,
  status: demandStatus,
  clickWindowDays,
  viewWindowHours,
  counting,
  currency,
  clickId,
  pixel,
};

const createSchema = z
  .strictObject({
    advertiserId,
    name,
    status: demandStatus.default('active'),
    clickWindowDays: clickWindowDays.default(30),
    viewWindowHours: viewWindowHours.default(24),
    counting: counting.default('every'),
    currency: currency.default('USD'),
    clickId: clickId.default(true),
    pixel: pixel.default(true),
  })
  .meta({ id: 'ConversionActionCreate', example: { advertiserId: 3, name: 'Booking', currency: 'EUR' } });
const patchSchema = z
  .strictObject({ ...fields, renewSecret: z.literal(true).meta({ description: 'Makes a new secret.' }) })
  .partial()
  .meta({ id: 'ConversionActionPatch', example: { clickWindowDays: 7 } });
const outputSchema = z
  .object({
    ...answered,
    advertiserId,
    ...fields,
    secret: z.string().meta({
      description: "For the advertiser's server, as bearer token of POST /v1/conv.",
      example: 'spc_Vb1kq0yqf3m1sM3GxJ9mX0kq2v8mPq1c',
    }),
  })
  .meta({ id: 'ConversionAction', description: "What counts as a conversion on an advertiser's site." });

export type ConversionActionCreate = z.output<typeof createSchema>;
export type ConversionActionPatch = z.output<typeof patchSchema>;
export type ConversionActionOutput = z.output<typeof outputSchema>;

const newSecret = () => `spc_${randomBytes(24).toString('base64url')}`;

function columnsOf(input: Omit<ConversionActionPatch, 'renewSecret'>) {
  const { clickWindowDays: days, viewWindowHours: hours, clickId: told, ...rest } = input;
  return { ...rest, click_window_days: days, view_window_hours: hours, click_id: told };
}

export const conversionActionDefinition: EntityDefinition<
  'conversion_actions',
  ConversionActionCreate,
  ConversionActionPatch,
  ConversionActionOutput
> = {
  table: 'conversion_actions',
  word: 'conversion action',
  parent: { table: 'advertisers', word: 'advertiser', column: 'advertiser_id', property: 'advertiserId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    advertiserId: row.advertiser_id,
    status: row.status,
    clickWindowDays: row.click_window_days,
    viewWindowHours: row.view_window_hours,
    counting: row.counting,
    currency: row.currency,
    clickId: row.click_id,
    pixel: row.pixel,
    secret: row.secret,
  }),
  toInsert: async ({ advertiserId: advertiser, ...input }) => ({
    ...columnsOf(input),
    name: input.name,
    advertiser_id: advertiser,
    secret: newSecret(),
  }),
  toUpdate: async ({ renewSecret, ...patch }) => ({
    ...columnsOf(patch),
    ...(renewSecret === true ? { secret: newSecret() } : {}),
  }),
};
