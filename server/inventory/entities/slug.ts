import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../database/index.ts';
import { fieldError } from '../store.ts';

/** A name that other things name it by. */
export const slug = z
  .string()
  .regex(/^[a-z0-9_-]{1,60}$/, 'has to be 1 to 60 small letters, digits, dashes and underscores')
  .meta({ description: 'Others name it by this; unique.', example: 'storage' });

/** @throws AppError `invalid_input` */
export async function requireUnusedName(
  transaction: Transaction<Tables>,
  table: 'interest_categories' | 'segments',
  name: string,
): Promise<void> {
  const taken = transaction.selectFrom(table).select('id').where('name', '=', name);
  if ((await taken.executeTakeFirst()) !== undefined)
    throw fieldError('/name', `"${name}" is the name of another one`);
}
