import { Readable } from 'node:stream';
import { z } from 'zod';
import { documentPage, documentPagePolicy } from '../document-page.ts';
import type { OpenApiDocument } from '../openapi.ts';
import { defineRoute, type Route, reply } from '../route.ts';

/** The OpenAPI document, made at the first request: as data, and as a page to read. */
export function documentRoutes(create: () => OpenApiDocument): Route[] {
  let document: OpenApiDocument | undefined;
  const made = () => {
    document ??= create();
    return document;
  };
  return [dataRoute(made), pageRoute(made)];
}

function pageRoute(made: () => OpenApiDocument): Route {
  return defineRoute({
    ...{ method: 'get', path: '/docs', tag: 'Document', operationId: 'getDocumentPage', access: 'public' },
    summary: 'This document as a page to read',
    description: 'Without scripts, and without anything that is loaded from elsewhere.',
    answer: { status: 200, description: 'HTML.', also: { 'text/html': { example: '<!doctype html>…' } } },
    handle: () =>
      reply.stream('text/html; charset=utf-8', Readable.from([documentPage(made())]), {
        'Content-Security-Policy': documentPagePolicy,
        'X-Content-Type-Options': 'nosniff',
      }),
  });
}

function dataRoute(made: () => OpenApiDocument): Route {
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
    handle: () => reply.value({ ...made() }),
  });
}
