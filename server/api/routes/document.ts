import { z } from 'zod';
import type { OpenApiDocument } from '../openapi.ts';
import { defineRoute, type Route, reply } from '../route.ts';

/** The OpenAPI document itself, made at the first request. */
export function documentRoute(create: () => OpenApiDocument): Route {
  let document: OpenApiDocument | undefined;
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    tag: 'Document',
    operationId: 'getDocument',
    summary: 'This document',
    access: 'public',
    answer: {
      status: 200,
      description: 'OpenAPI 3.1.',
      schema: z.record(z.string(), z.unknown()).meta({ id: 'OpenApiDocument' }),
    },
    handle() {
      document ??= create();
      return reply.value({ ...document });
    },
  });
}
