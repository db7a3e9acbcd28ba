import { z } from 'zod';
import type { Access } from '../../accounts/index.ts';
import {
  advertiserDefinition,
  ancestorNames,
  approvals,
  campaignDefinition,
  conversionActionDefinition,
  createStore,
  creativeDefinitionFor,
  creativeTypes,
  type EntityDefinition,
  type EntityTable,
  interestCategoryDefinitionFor,
  lineItemDefinition,
  lineItemTypes,
  maxId,
  type Store,
  segmentDefinition,
  siteDefinition,
  zoneDefinition,
} from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { integerText } from '../query-fields.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { listFields, nextPage } from './list-fields.ts';

interface Naming {
  /** In the address. */
  readonly path: string;
  /** In operation ids and schemas, like `LineItem`. */
  readonly name: string;
  /** Heading in the document, like `Line items`. */
  readonly tag: string;
  readonly statuses: readonly [string, ...string[]];
  /** Who may see it. */
  readonly read: Access;
  /** Further filters of its list. */
  readonly filters?: Readonly<Record<string, z.ZodType<string | undefined>>>;
}

const demand = {
  statuses: ['active', 'paused', 'archived'],
  read: { area: 'inventory', roles: { admin: 'all', adops: 'all', advertiser: 'own' } },
} as const;
const supply = {
  statuses: ['active', 'archived'],
  read: { area: 'inventory', roles: { admin: 'all', adops: 'all', publisher: 'own' } },
} as const;
/** What is of no tenant. */
const audience = {
  statuses: ['active', 'archived'],
  read: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
} as const;
/** Who may change it. */
const write = { area: 'inventory', roles: { admin: 'all', adops: 'all' } } as const;

/** List, create, read, change and archive, for each kind of entity. */
export function inventoryRoutes(dependencies: ApiDependencies): Route[] {
  const routes = <T extends EntityTable, C, P, O extends { id: number }>(
    definition: EntityDefinition<T, C, P, O>,
    naming: Naming,
  ) => entityRoutes(dependencies, definition, naming);
  return [
    ...routes(advertiserDefinition, {
      path: '/advertisers',
      name: 'Advertiser',
      tag: 'Advertisers',
      ...demand,
    }),
    ...routes(campaignDefinition, {
      path: '/campaigns',
      name: 'Campaign',
      tag: 'Campaigns',
      ...demand,
    }),
    ...routes(lineItemDefinition, {
      ...{ path: '/line-items', name: 'LineItem', tag: 'Line items', ...demand },
      filters: { type: z.enum(lineItemTypes).optional() },
    }),
    ...routes(creativeDefinitionFor(dependencies.approval ?? 'off'), {
      ...{ path: '/creatives', name: 'Creative', tag: 'Creatives', ...demand },
      filters: {
        type: z.enum(creativeTypes).optional(),
        approval: z.enum(approvals).optional().meta({ description: 'Default: all.' }),
      },
    }),
    ...routes(conversionActionDefinition, {
      path: '/conversion-actions',
      name: 'ConversionAction',
      tag: 'Conversion actions',
      ...demand,
    }),
    ...routes(siteDefinition, { path: '/sites', name: 'Site', tag: 'Sites', ...supply }),
    ...routes(zoneDefinition, { path: '/zones', name: 'Zone', tag: 'Zones', ...supply }),
    ...routes(interestCategoryDefinitionFor(dependencies.sensitiveInterests ?? 'refused'), {
      ...{ path: '/interest-categories', name: 'InterestCategory', tag: 'Interests', ...audience },
    }),
    ...routes(segmentDefinition, { path: '/segments', name: 'Segment', tag: 'Segments', ...audience }),
  ];
}

/** The id in an address. */
export const idParams = z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) });

const ancestorWords: Readonly<Record<string, string>> = {
  advertiserId: 'advertiser',
  campaignId: 'campaign',
  lineItemId: 'line item',
  siteId: 'site',
};

function listQuery(table: EntityTable, { statuses, filters = {} }: Naming) {
  const within = ancestorNames(table).map((name) => [
    name,
    integerText({
      min: 1,
      max: maxId,
      description: `Only what belongs to this ${ancestorWords[name]}.`,
    }).optional(),
  ]);
  return z.object({
    ...listFields(statuses),
    ...(Object.fromEntries(within) as Record<string, never>),
    ...(filters as Record<string, never>),
  });
}

/** What the routes of one kind of entity share. */
interface Resource<Create, Patch, Output> {
  readonly store: Store<Create, Patch, Output>;
  readonly definition: Pick<
    EntityDefinition<EntityTable, Create, Patch, Output>,
    'table' | 'word' | 'parent' | 'createSchema' | 'patchSchema' | 'outputSchema'
  >;
  readonly naming: Naming;
  /** The word with its article. */
  readonly one: string;
  readonly changed: () => void;
}

function entityRoutes<T extends EntityTable, Create, Patch, Output extends { id: number }>(
  { db, inventoryChanged }: ApiDependencies,
  definition: EntityDefinition<T, Create, Patch, Output>,
  naming: Naming,
): Route[] {
  const resource: Resource<Create, Patch, Output> = {
    store: createStore(db, definition),
    definition,
    naming,
    one: /^[aeiou]/.test(definition.word) ? `an ${definition.word}` : `a ${definition.word}`,
    changed: inventoryChanged,
  };
  return [listRoute(resource), createRoute(resource), ...itemRoutes(resource)];
}

function listRoute<C, P, O>({ store, definition, naming }: Resource<C, P, O>): Route {
  const schema = z
    .object({ items: z.array(definition.outputSchema), ...nextPage })
    .meta({ id: `${naming.name}List` });
  return defineRoute({
    method: 'get',
    path: naming.path,
    tag: naming.tag,
    operationId: `list${naming.name}s`,
    summary: `List ${naming.tag.toLowerCase()}`,
    access: naming.read,
    query: listQuery(definition.table, naming),
    answer: { status: 200, description: 'A page.', schema },
    async handle({ who, query: { limit, after, sort, status, q, ...own } }) {
      const further = { within: own, equal: own };
      const page = await store.list(who.visible, {
        limit,
        after,
        sort,
        statuses: status,
        name: q,
        ...further,
      });
      return reply.value(page as z.input<typeof schema>);
    },
  });
}

function createRoute<C, P, O extends { id: number }>(resource: Resource<C, P, O>): Route {
  const { store, definition, naming, one, changed } = resource;
  return defineRoute({
    method: 'post',
    path: naming.path,
    tag: naming.tag,
    operationId: `create${naming.name}`,
    summary: `Create ${one}`,
    access: write,
    once: true,
    body: { kind: 'json' as const, schema: definition.createSchema },
    errors: definition.parent === undefined ? [] : ['conflict'],
    answer: {
      status: 201,
      description: 'Created.',
      schema: definition.outputSchema,
      headers: { Location: { description: 'Its address.', example: `/api/v1${naming.path}/12` } },
      tagged: true,
    },
    async handle({ body, request, once }) {
      const created = await once(async (transaction) => {
        const value = await store.create(body, transaction);
        return {
          value: value as unknown,
          headers: { Location: `${request.baseUrl}${naming.path}/${value.id}` },
        };
      });
      changed();
      return created;
    },
  });
}

function itemRoutes<C, P, O>({ store, definition, naming, one, changed }: Resource<C, P, O>): Route[] {
  const { word, patchSchema, outputSchema } = definition;
  const common = { path: `${naming.path}/{id}`, tag: naming.tag, params: idParams } as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      access: naming.read,
      operationId: `get${naming.name}`,
      summary: `Read ${one}`,
      errors: ['not_found'],
      answer: { status: 200, description: `The ${word}.`, schema: outputSchema, tagged: true },
      handle: async ({ who, params }) => reply.value((await store.get(who.visible, params.id)) as unknown),
    }),
    defineRoute({
      ...common,
      method: 'patch',
      access: write,
      operationId: `update${naming.name}`,
      summary: `Change ${one}`,
      description: 'Fields that are not given stay as they are. An archived one can be made active again.',
      body: { kind: 'json' as const, schema: patchSchema },
      matched: true,
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'As it is now.', schema: outputSchema, tagged: true },
      async handle({ params, body, match }) {
        const after = await store.patch(params.id, body, match);
        changed();
        return reply.value(after as unknown);
      },
    }),
    defineRoute({
      ...common,
      method: 'delete',
      access: write,
      operationId: `archive${naming.name}`,
      summary: `Archive ${one}`,
      description: 'It is not shown any more, and neither is what belongs to it; reports keep it.',
      matched: true,
      errors: ['not_found', 'conflict'],
      answer: { status: 204, description: 'Archived, now or before.' },
      async handle({ params, match }) {
        await store.archive(params.id, match);
        changed();
        return reply.value(undefined);
      },
    }),
  ];
}
