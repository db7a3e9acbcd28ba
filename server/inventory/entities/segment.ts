import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../database/index.ts';
import { answered, commonOutput, supplyStatus } from '../fields.ts';
import { type EntityDefinition, fieldError } from '../store.ts';
import { requireUnusedName, slug } from './slug.ts';

const categories = z
  .array(slug)
  .min(1)
  .max(50)
  .meta({
    description: 'Names of interest categories.',
    example: ['storage', 'moving'],
  });
const match = z.enum(['any', 'all']).meta({
  description: 'Whether one of the interests is enough, or all are needed.',
  example: 'any',
});
const atLeast = z.number().min(0.1).max(250).meta({
  description: 'How strong an interest has to be, in visits; an older visit counts less.',
  example: 3,
});

const fields = { name: slug, status: supplyStatus, categories, match, atLeast };
const createSchema = z
  .strictObject({
    name: slug,
    status: supplyStatus.default('active'),
    categories,
    match: match.default('any'),
    atLeast: atLeast.default(3),
  })
  .meta({ id: 'SegmentCreate', example: { name: 'movers', categories: ['storage', 'moving'] } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'SegmentPatch', example: { atLeast: 5 } });
const outputSchema = z.object({ ...answered, ...fields }).meta({
  id: 'Segment',
  description: 'Visitors with certain interests; line items target it by its name.',
});

export type SegmentCreate = z.output<typeof createSchema>;
export type SegmentPatch = z.output<typeof patchSchema>;
export type Segment = z.output<typeof outputSchema>;

async function requireCategories(transaction: Transaction<Tables>, names: readonly string[] = []) {
  const rows = await transaction
    .selectFrom('interest_categories')
    .select('name')
    .where('name', 'in', [...names, ''])
    .execute();
  const known = new Set(rows.map(({ name }) => name));
  const at = names.findIndex((name) => !known.has(name));
  if (at >= 0) throw fieldError(`/categories/${at}`, `there is no interest category "${names[at]}"`);
}

function columnsOf({ atLeast: weight, ...rest }: SegmentPatch) {
  return weight === undefined ? rest : { ...rest, at_least: weight };
}

export const segmentDefinition: EntityDefinition<'segments', SegmentCreate, SegmentPatch, Segment> = {
  table: 'segments',
  word: 'segment',
  parent: undefined,
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    status: row.status,
    categories: row.categories,
    match: row.match,
    atLeast: row.at_least,
  }),
  async toInsert({ atLeast: weight, ...input }, transaction) {
    await requireCategories(transaction, input.categories);
    await requireUnusedName(transaction, 'segments', input.name);
    return { ...input, at_least: weight };
  },
  async toUpdate(patch, current, transaction) {
    await requireCategories(transaction, patch.categories);
    if (patch.name !== undefined && patch.name !== current.name)
      await requireUnusedName(transaction, 'segments', patch.name);
    return columnsOf(patch);
  },
};
