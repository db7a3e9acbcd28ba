import { z } from 'zod';
import { listSorts } from '../../inventory/index.ts';
import { integerText } from '../query-fields.ts';

/** How a list of the inventory is paged, narrowed down and sorted. */
export function listFields(statuses: readonly [string, ...string[]]) {
  return {
    limit: integerText({ min: 1, max: 200, description: 'Items on a page.', example: 50 })
      .default(50)
      .meta({ override: { default: 50 } }),
    after: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: '`next` of the page before, asked for with the same `sort`.' }),
    sort: z
      .enum(listSorts)
      .default('id')
      .meta({ description: 'With a minus: descending.', override: { default: 'id' } }),
    status: statusList(statuses).optional(),
    q: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Only names that have this in them, upper and lower case alike.' }),
  };
}

function statusList(statuses: readonly [string, ...string[]]) {
  const message = `must be one or more of ${statuses.join(', ')}, with commas between`;
  return z
    .string()
    .transform((text) => text.split(','))
    .refine((list) => list.every((each) => statuses.includes(each)), message)
    .meta({
      description: `Only these, with commas between: ${statuses.join(', ')}. Default: all, also archived ones.`,
      example: statuses[0],
      override: { type: 'string' },
    });
}

/** What an answer says of the pages. */
export const nextPage = {
  next: z.string().nullable().meta({ description: '`after` of the next page; null: this is the last.' }),
  total: z.int().meta({ description: 'How many there are on all pages together.' }),
};
