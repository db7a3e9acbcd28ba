import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../database/index.ts';
import { answered, commonOutput, id, supplyStatus } from '../fields.ts';
import { sensitiveTopic } from '../sensitive.ts';
import { type EntityDefinition, fieldError } from '../store.ts';
import { targetingDimensions } from '../targeting.ts';
import { requireUnusedName, slug } from './slug.ts';

const titles = z
  .record(
    z.string().regex(/^(en|de|fr|es|ja|zh-TW)$/, 'has to be en, de, fr, es, ja or zh-TW'),
    z.string().trim().min(1).max(100),
  )
  .meta({ description: 'What visitors read, by language.', example: { en: 'Storage', de: 'Lagerung' } });
const siteId = id.nullable().meta({ description: 'Only pages of this site; null: of every site.' });
const pages = z
  .array(z.string().regex(targetingDimensions.page.pattern, `has to be ${targetingDimensions.page.what}`))
  .max(500)
  .meta({
    description: 'Addresses of its pages without query string; * stands for anything.',
    example: ['https://shop.example/storage/*'],
  });
const keyValues = z
  .array(
    z.strictObject({
      key: z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/),
      in: z.array(z.string().min(1).max(100)).min(1).max(200),
    }),
  )
  .max(50)
  .meta({
    description: "The page's own keys that make it one of its pages.",
    example: [{ key: 'section', in: ['storage'] }],
  });

const fields = { name: slug, status: supplyStatus, titles, siteId, pages, keyValues };
const createSchema = z
  .strictObject({
    name: slug,
    status: supplyStatus.default('active'),
    titles: titles.default({}),
    siteId: siteId.default(null),
    pages: pages.default([]),
    keyValues: keyValues.default([]),
  })
  .meta({
    id: 'InterestCategoryCreate',
    example: { name: 'storage', pages: ['https://shop.example/storage/*'] },
  });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'InterestCategoryPatch', example: { titles: { en: 'Storage' } } });
const outputSchema = z.object({ ...answered, ...fields }).meta({
  id: 'InterestCategory',
  description:
    'A category of pages: a consented visit to one of them is an interest, kept in the visitor’s browser.',
});

export type InterestCategoryCreate = z.output<typeof createSchema>;
export type InterestCategoryPatch = z.output<typeof patchSchema>;
export type InterestCategory = z.output<typeof outputSchema>;

type Definition = EntityDefinition<
  'interest_categories',
  InterestCategoryCreate,
  InterestCategoryPatch,
  InterestCategory
>;

/** @param sensitive whether categories may be about what the law guards most */
export function interestCategoryDefinitionFor(sensitive: 'refused' | 'allowed'): Definition {
  const check = async (input: InterestCategoryPatch, transaction: Transaction<Tables>) => {
    const topic = sensitiveTopic([input.name ?? '', ...Object.values(input.titles ?? {})]);
    if (sensitive === 'refused' && topic !== undefined) {
      const message = `is about ${topic}: interests of that kind are refused, unless INTEREST_SENSITIVE=allowed`;
      throw fieldError(input.name === undefined ? '/titles' : '/name', message);
    }
    if (input.siteId == null) return;
    const site = transaction.selectFrom('sites').select('id').where('id', '=', input.siteId);
    if ((await site.executeTakeFirst()) === undefined)
      throw fieldError('/siteId', `there is no site ${input.siteId}`);
  };
  return {
    table: 'interest_categories',
    word: 'interest category',
    parent: undefined,
    createSchema,
    patchSchema,
    outputSchema,
    toOutput: (row) => ({
      ...commonOutput(row),
      status: row.status,
      titles: row.titles as Record<string, string>,
      siteId: row.site_id,
      pages: row.pages,
      keyValues: row.key_values as InterestCategory['keyValues'],
    }),
    async toInsert(input, transaction) {
      await check(input, transaction);
      await requireUnusedName(transaction, 'interest_categories', input.name);
      return { ...columnsOf(input), name: input.name };
    },
    async toUpdate(patch, current, transaction) {
      await check(patch, transaction);
      if (patch.name !== undefined && patch.name !== current.name)
        await requireUnusedName(transaction, 'interest_categories', patch.name);
      return columnsOf(patch);
    },
  };
}

function columnsOf({ siteId: site, keyValues: keys, titles: shown, ...rest }: InterestCategoryPatch) {
  return {
    ...rest,
    ...(site === undefined ? {} : { site_id: site }),
    ...(keys === undefined ? {} : { key_values: JSON.stringify(keys) }),
    ...(shown === undefined ? {} : { titles: JSON.stringify(shown) }),
  };
}
