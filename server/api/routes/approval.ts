import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { approvalNote, creativeDefinition, fieldError } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const body = z
  .strictObject({
    approval: z.enum(['approved', 'rejected']),
    note: approvalNote.default('').meta({ description: 'For who made it; who rejects has to say why.' }),
  })
  .meta({ id: 'CreativeApproval', example: { approval: 'rejected', note: 'The price is of last year.' } });

/** Lets a creative be shown, or not. */
export function approvalRoute({ db, inventoryChanged }: ApiDependencies): Route {
  return defineRoute({
    method: 'put',
    path: '/creatives/{id}/approval',
    tag: 'Creatives',
    operationId: 'approveCreative',
    summary: 'Approve or reject a creative',
    description:
      'With CREATIVE_APPROVAL=on new creatives, and those whose content changes, wait for this. If-Match makes sure that it is about what was looked at.',
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
    params: idParams,
    body: { kind: 'json' as const, schema: body },
    matched: true,
    errors: ['not_found'],
    answer: {
      ...{ status: 200, description: 'The creative as it is now.', tagged: true },
      schema: creativeDefinition.outputSchema,
    },
    async handle({ params: { id }, body: { approval, note }, match }) {
      if (approval === 'rejected' && note === '') throw fieldError('/note', 'is needed: say what is wrong');
      const value = await db.transaction().execute(async (transaction) => {
        const current = await transaction
          .selectFrom('creatives')
          .selectAll()
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (current === undefined) throw new AppError('not_found', `There is no creative ${id}.`);
        match(creativeDefinition.toOutput(current));
        const row = await transaction
          .updateTable('creatives')
          .set({ approval, approval_note: note, updated_at: new Date() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return creativeDefinition.toOutput(row);
      });
      inventoryChanged();
      return reply.value(value);
    },
  });
}
