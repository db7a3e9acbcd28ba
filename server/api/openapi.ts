import { z } from 'zod';
import {
  createDocument as createZodDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiRequestBodyObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { roles, scopeOf } from '../accounts/index.ts';
import { AppError, type ErrorCode, errorCatalogue, problemOf } from '../errors.ts';
import { jsonTypes } from './body.ts';
import { groupBy } from './group-by.ts';
import type { Route } from './route.ts';

const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:signpost:error:invalid_input' }),
    title: z.string(),
    status: z.int(),
    code: z
      .enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]])
      .meta({ description: 'Stable: compare this one, not the texts.' }),
    detail: z.string().meta({ description: 'What happened, for people.' }),
    errors: z
      .array(z.object({ path: z.string().meta({ description: 'JSON pointer.' }), message: z.string() }))
      .optional()
      .meta({ description: 'Field by field, where the input does not fit.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' });

export type OpenApiDocument = ReturnType<typeof createZodDocument>;

/** The OpenAPI 3.1 document of the routes, out of the schemas that they validate with. */
export function createDocument(routes: readonly Route[]): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return createZodDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Signpost management API',
        version: '1',
        description:
          'Inventory, reports and jobs of a Signpost installation. Times are UTC, ids are numbers.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/api/v1' }],
      security: [{ apiKey: [] }, { session: [] }],
      tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
      paths,
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, like `sp_…`.',
          },
          session: {
            ...{ type: 'apiKey', in: 'cookie', name: 'signpost_session' },
            description: 'For browsers: signing in sets it.',
          },
        },
      },
    },
    {
      override: ({ jsonSchema }) => {
        // The format says it all; the pattern is a line of 300 characters.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      },
    },
  );
}

function operation(route: Route): ZodOpenApiOperationObject {
  const requestBody = bodyOf(route);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, whoMay(route)].filter(Boolean).join('\n\n'),
    ...(route.access === 'public' ? { security: [] } : {}),
    requestParams: {
      ...(route.params === undefined ? {} : { path: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...headersOf(route),
    },
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...success(route), ...failures(route.errors) },
  };
}

const ifMatch = z.string().optional().meta({
  description:
    'ETag of what the change was made from: where it was changed since, the answer is 412. Default: whatever is there.',
  example: '"mZkq0vG1m3X9x1sM3GxJ9Q"',
});
const idempotencyKey = z.string().min(1).max(255).optional().meta({
  description:
    'Any text of your own, new for each thing to create: asked for again within 24 hours, it is not created again, and the answer is that of the first time.',
  example: '6a2f41a3-c54c-fce8-32d2-0324e1c32e22',
});

function headersOf({ matched, once }: Route): { header?: z.ZodObject } {
  if (matched) return { header: z.object({ 'If-Match': ifMatch }) };
  return once ? { header: z.object({ 'Idempotency-Key': idempotencyKey }) } : {};
}

const entityTagHeader = {
  ETag: { description: 'Version of it, for If-Match.', example: '"mZkq0vG1m3X9x1sM3GxJ9Q"' },
};

/** Who may use it, as a sentence. */
function whoMay({ access, method }: Route): string {
  if (access === 'public') return 'For anybody, without a key.';
  const named = roles.flatMap((role) => {
    const grant = access.roles[role];
    return grant === undefined ? [] : [grant === 'own' ? `${role} (own only)` : role];
  });
  const scope = scopeOf(access, method);
  return `Roles: ${named.join(', ')}.${scope === undefined ? '' : ` Scope: ${scope}.`}`;
}

function bodyOf({ body }: Route): ZodOpenApiRequestBodyObject | undefined {
  if (body === undefined) return undefined;
  const content: ZodOpenApiContentObject = {};
  if (body.kind === 'json') {
    for (const type of jsonTypes) content[type] = { schema: body.schema };
    return { required: true, content };
  }
  // OpenAPI 3.1: a raw body has no schema, the content type says it all.
  for (const type of body.contentTypes) content[type] = {};
  return { required: true, description: body.description, content };
}

function success({ answer }: Route): ZodOpenApiResponsesObject {
  const content: ZodOpenApiContentObject = {};
  if (answer.schema !== undefined) content['application/json'] = { schema: answer.schema };
  for (const [type, { example }] of Object.entries(answer.also ?? {})) {
    content[type] = { schema: z.string(), example };
  }
  const named = { ...answer.headers, ...(answer.tagged === true ? entityTagHeader : {}) };
  const headers = Object.entries(named).map(([name, { description, example }]) => [
    name,
    { description, schema: { type: 'string' as const }, example },
  ]);
  return {
    [String(answer.status)]: {
      description: answer.description,
      ...(Object.keys(content).length === 0 ? {} : { content }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    },
  } as ZodOpenApiResponsesObject;
}

/** Codes with the same status share a response, with an example of each. */
function failures(codes: readonly ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = groupBy(codes, (code) => errorCatalogue[code].status);
  const responses = [...byStatus].map(([status, group]) => [
    String(status),
    {
      description: group.map((code) => errorCatalogue[code].title).join('; '),
      content: {
        'application/problem+json': {
          schema: problemSchema,
          examples: Object.fromEntries(group.map((code) => [code, { value: exampleOf(code) }])),
        },
      },
    },
  ]);
  return Object.fromEntries(responses) as ZodOpenApiResponsesObject;
}

function exampleOf(code: ErrorCode) {
  const fields = code === 'invalid_input' ? [{ path: '/name', message: 'is required' }] : [];
  const detail =
    fields.length > 0 ? 'The input does not fit: /name is required.' : errorCatalogue[code].title;
  return problemOf(new AppError(code, detail, { fields }));
}
