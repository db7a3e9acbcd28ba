import { z } from 'zod';
import {
  advertiserDefinition,
  campaignDefinition,
  createStore,
  creativeDefinition,
  type EntityDefinition,
  type EntityTable,
  lineItemDefinition,
  maxId,
  siteDefinition,
  zoneDefinition,
} from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { integerText } from '../query-fields.ts';
import { defineRoute, type Route, reply } from '../route.ts';

interface Naming {
  /** In the address. */
  readonly path: string;
  /** In operation ids and schemas, like `LineItem`. */
  readonly name: string;
  /** Heading in the document, like `Line items`. */
  readonly tag: string;
  readonly statuses: readonly [string, ...string[]];
}

const demand = ['active', 'paused', 'archived'] as const;
const supply = ['active', 'archived'] as const;

/** List, create, read, change and archive, for each kind of entity. */
export function inventoryRoutes(dependencies: ApiDependencies): Route[] {
  const routes = <T extends EntityTable, C, P, O>(definition: EntityDefinition<T, C, P, O>, naming: Naming) =>
    entityRoutes(dependencies, definition, naming);
  return [
    ...routes(advertiserDefinition, {
      path: '/advertisers',
      name: 'Advertiser',
      tag: 'Advertisers',
      statuses: demand,
    }),
    ...routes(campaignDefinition, {
      path: '/campaigns',
      name: 'Campaign',
      tag: 'Campaigns',
      statuses: demand,
    }),
    ...routes(lineItemDefinition, {
      path: '/line-items',
      name: 'LineItem',
      tag: 'Line items',
      statuses: demand,
    }),
    ...routes(creativeDefinition, {
      path: '/creatives',
      name: 'Creative',
      tag: 'Creatives',
      statuses: demand,
    }),
    ...routes(siteDefinition, { path: '/sites', name: 'Site', tag: 'Sites', statuses: supply }),
    ...routes(zoneDefinition, { path: '/zones', name: 'Zone', tag: 'Zones', statuses: supply }),
  ];
}

/** The id in an address. */
export const idParams = z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) });

function listQuery(parentProperty: string | undefined, statuses: Naming['statuses']) {
  return z.object({
    limit: integerText({ min: 1, max: 200, description: 'Items on a page.', example: 50 }).default(50),
    after: integerText({
      min: 0,
      max: maxId,
      description: 'Only ids greater than this: `next` of the page before.',
    }).optional(),
    status: z
      .enum(statuses)
      .optional()
      .meta({ description: 'Only these. Default: all, also archived ones.' }),
    ...(parentProperty === undefined
      ? {}
      : {
          [parentProperty]: integerText({
            min: 1,
            max: maxId,
            description: 'Only what belongs to it.',
          }).optional(),
        }),
  });
}

function entityRoutes<T extends EntityTable, Create, Patch, Output>(
  { db, inventoryChanged }: ApiDependencies,
  definition: EntityDefinition<T, Create, Patch, Output>,
  { path, name, tag, statuses }: Naming,
): Route[] {
  const store = createStore(db, definition);
  const { word, createSchema, patchSchema, outputSchema } = definition;
  const parentProperty = definition.parent?.property;
  const a = /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
  const common = { tag, auth: 'key' as const };
  const listSchema = z
    .object({
      items: z.array(outputSchema),
      next: z.int().nullable().meta({ description: '`after` of the next page; null: this is the last.' }),
    })
    .meta({ id: `${name}List` });

  return [
    defineRoute({
      ...common,
      method: 'get',
      path,
      operationId: `list${name}s`,
      summary: `List ${tag.toLowerCase()}`,
      query: listQuery(parentProperty, statuses),
      answer: { status: 200, description: 'A page, by ascending id.', schema: listSchema },
      async handle({ query }) {
        const parentId = parentProperty === undefined ? undefined : (query as ParentFilter)[parentProperty];
        const { limit, after, status } = query;
        return reply.value(
          (await store.list({ limit, after, status, parentId })) as z.input<typeof listSchema>,
        );
      },
    }),
    defineRoute({
      ...common,
      method: 'post',
      path,
      operationId: `create${name}`,
      summary: `Create ${a}`,
      body: { kind: 'json' as const, schema: createSchema },
      errors: parentProperty === undefined ? [] : ['conflict'],
      answer: {
        status: 201,
        description: 'Created.',
        schema: outputSchema,
        headers: { Location: { description: 'Its address.', example: `/api/v1${path}/12` } },
      },
      async handle({ body, request }) {
        const created = await store.create(body);
        inventoryChanged();
        return reply.value(created as z.input<typeof outputSchema>, {
          Location: `${request.baseUrl}${path}/${(created as { id: number }).id}`,
        });
      },
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: `${path}/{id}`,
      operationId: `get${name}`,
      summary: `Read ${a}`,
      params: idParams,
      errors: ['not_found'],
      answer: { status: 200, description: `The ${word}.`, schema: outputSchema },
      handle: async ({ params }) => reply.value((await store.get(params.id)) as z.input<typeof outputSchema>),
    }),
    defineRoute({
      ...common,
      method: 'patch',
      path: `${path}/{id}`,
      operationId: `update${name}`,
      summary: `Change ${a}`,
      description: 'Fields that are not given stay as they are. An archived one can be made active again.',
      params: idParams,
      body: { kind: 'json' as const, schema: patchSchema },
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'As it is now.', schema: outputSchema },
      async handle({ params, body }) {
        const changed = await store.patch(params.id, body);
        inventoryChanged();
        return reply.value(changed as z.input<typeof outputSchema>);
      },
    }),
    defineRoute({
      ...common,
      method: 'delete',
      path: `${path}/{id}`,
      operationId: `archive${name}`,
      summary: `Archive ${a}`,
      description: 'It is not shown any more, and neither is what belongs to it; reports keep it.',
      params: idParams,
      errors: ['not_found', 'conflict'],
      answer: { status: 204, description: 'Archived, now or before.' },
      async handle({ params }) {
        await store.archive(params.id);
        inventoryChanged();
        return reply.value(undefined);
      },
    }),
  ];
}

type ParentFilter = Readonly<Record<string, number | undefined>>;
