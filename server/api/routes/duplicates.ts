import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../database/index.ts';
import {
  campaignDefinition,
  createStore,
  type DuplicateOptions,
  duplicateCampaign,
  duplicateLineItem,
  type EntityDefinition,
  type EntityTable,
  entityName,
  lineItemDefinition,
} from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route } from '../route.ts';
import { idParams } from './inventory.ts';

const body = z
  .strictObject({
    name: entityName
      .optional()
      .meta({ description: 'Of the copy. Default: that of the original, with “(copy)”.' }),
    status: z
      .enum(['active', 'paused'])
      .default('paused')
      .meta({ description: 'Of the copy: a paused one can be looked over before it is shown.' }),
  })
  .meta({ id: 'Duplicate', example: { name: 'Winter in Taipei' } });

type Copy = (transaction: Transaction<Tables>, id: number, options: DuplicateOptions) => Promise<number>;

/** Copies of campaigns and line items, with all that belongs to them. */
export function duplicateRoutes(dependencies: ApiDependencies): Route[] {
  return [
    duplicateRoute(dependencies, campaignDefinition, duplicateCampaign, {
      ...{ path: '/campaigns', tag: 'Campaigns', operationId: 'duplicateCampaign' },
      what: 'line items and creatives',
    }),
    duplicateRoute(dependencies, lineItemDefinition, duplicateLineItem, {
      ...{ path: '/line-items', tag: 'Line items', operationId: 'duplicateLineItem' },
      what: 'creatives',
    }),
  ];
}

function duplicateRoute<T extends EntityTable, C, P, O extends { id: number }>(
  { inventoryChanged }: ApiDependencies,
  definition: EntityDefinition<T, C, P, O>,
  copy: Copy,
  { path, tag, operationId, what }: { path: string; tag: string; operationId: string; what: string },
): Route {
  return defineRoute({
    ...{ method: 'post', path: `${path}/{id}/duplicates`, tag, operationId },
    summary: `Duplicate a ${definition.word}`,
    description: `With its ${what}, but for archived ones.`,
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
    params: idParams,
    once: true,
    body: { kind: 'json' as const, schema: body },
    errors: ['not_found', 'conflict'],
    answer: {
      ...{ status: 201, description: 'The copy.', schema: definition.outputSchema, tagged: true },
      headers: { Location: { description: 'Its address.', example: `/api/v1${path}/13` } },
    },
    async handle({ params, body: options, request, once }) {
      const created = await once(async (transaction) => {
        const id = await copy(transaction, params.id, options);
        const value = await createStore(transaction, definition).get('all', id);
        return { value: value as unknown, headers: { Location: `${request.baseUrl}${path}/${id}` } };
      });
      inventoryChanged();
      return created;
    },
  });
}
