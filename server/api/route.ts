import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { Kysely, Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type Access, authorize, type Identity, refuseCrossSite } from '../accounts/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import type { Tables } from '../database/index.ts';
import type { ErrorCode } from '../errors.ts';
import { readBody, readJson } from './body.ts';
import { entityTag, requireMatch } from './entity-tag.ts';
import { type Created, claimOf, once } from './idempotency.ts';
import { parseBody, parseParams, parseQuery } from './input.ts';
import { sendJson, sendNothing, sendStream } from './send.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface JsonBody<Schema extends z.ZodType> {
  readonly kind: 'json';
  readonly schema: Schema;
}

/** The bytes as they came. */
export interface RawBody {
  readonly kind: 'raw';
  /** For the document only: what the bytes are is for the handler to find out. */
  readonly contentTypes: readonly string[];
  readonly description: string;
  readonly maxBytes: number;
}

export type Body = JsonBody<z.ZodType> | RawBody | undefined;

type BodyValue<B extends Body> =
  B extends JsonBody<infer Schema> ? z.output<Schema> : B extends RawBody ? Buffer : undefined;

/** `public`: for anybody, without a key. */
export type RouteAccess = 'public' | Access;

export interface Context<Params, Query, BodyOutput, A extends RouteAccess> {
  /** Who asks. Where their grant is `own`, the answer must keep to what is theirs. */
  readonly who: A extends 'public' ? undefined : Identity;
  readonly params: Params;
  readonly query: Query;
  readonly body: BodyOutput;
  readonly request: Request;
  readonly response: Response;
  /** Aborts when the client goes away before the answer is complete. */
  readonly signal: AbortSignal;
  /**
   * Writes down in the audit log what no table tells: that a job is run, that a file is downloaded. What changes tables
   * is written down by itself.
   */
  readonly record: (event: AuditEvent) => Promise<void>;
  /**
   * Of routes with `matched`: to be called with what is there before a change, as the answer would have it, in the
   * change's transaction. @throws AppError `precondition_failed`
   */
  match(current: unknown): void;
  /** Of routes with `once`: does the work in a transaction, and not again under the same Idempotency-Key. */
  once<Value>(work: (transaction: Transaction<Tables>) => Promise<Created<Value>>): Promise<Reply<Value>>;
}

interface Headers {
  readonly headers?: Readonly<Record<string, string>>;
}
/** What a handler answers: a value for JSON, a stream of another type, or nothing since it has answered by itself. */
export type Reply<Value> =
  | ({ readonly kind: 'value'; readonly value: Value } & Headers)
  | ({
      readonly kind: 'stream';
      readonly contentType: string;
      readonly source: AsyncIterable<string | Uint8Array> | Readable;
    } & Headers)
  | { readonly kind: 'taken_over' };

export const reply = {
  value: <Value>(value: Value, headers: Readonly<Record<string, string>> = {}): Reply<Value> => ({
    kind: 'value',
    value,
    headers,
  }),
  /**
   * An answer that is made as it goes. An error before the first chunk becomes a problem document, a later one cuts
   * the connection, so that no half of an answer is taken for the whole.
   */
  stream: (
    contentType: string,
    source: AsyncIterable<string | Uint8Array> | Readable,
    headers: Readonly<Record<string, string>> = {},
  ): Reply<never> => ({ kind: 'stream', contentType, source, headers }),
  /** The handler has written, or goes on writing, to `response` itself. */
  takenOver: { kind: 'taken_over' } as Reply<never>,
};

/** The answer when all goes well. */
export interface Answer<Schema extends z.ZodType> {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Of the JSON body; none with 204. */
  readonly schema?: Schema;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly example: string }>>;
  /** Other content types that the handler may stream instead, with an example of each. */
  readonly also?: Readonly<Record<string, { readonly example: string }>>;
  /** Whether the answer is one entity, and has an ETag. */
  readonly tagged?: boolean;
}

export interface RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  B extends Body,
  Output extends z.ZodType,
  A extends RouteAccess,
> {
  readonly method: Method;
  /** As in OpenAPI: `/zones/{id}/tag`. */
  readonly path: string;
  /** Groups routes in the document, like `Zones`. */
  readonly tag: string;
  /** Stable name for generated clients, like `getZoneTag`. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may use it. */
  readonly access: A;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: B;
  readonly answer: Answer<Output>;
  /** Codes beyond those that follow from `access`, `query` and `body`. */
  readonly errors?: readonly ErrorCode[];
  /** `changesNothing`: of a method other than GET, that the audit log needs no line of it. */
  readonly audit?: 'changesNothing';
  /** Whether it takes `If-Match`; the handler calls `match`. */
  readonly matched?: boolean;
  /** Whether it takes an `Idempotency-Key`; the handler does its work in `once`. */
  readonly once?: boolean;
  handle(
    context: Context<z.output<Params>, z.output<Query>, BodyValue<B>, A>,
  ): Reply<z.input<Output>> | Promise<Reply<z.input<Output>>>;
}

export interface RouteServices {
  readonly logger: Logger;
  readonly db: Kysely<Tables>;
  /** @throws AppError `unauthorized` */
  authenticate(request: Request): Promise<Identity>;
  /** Does the work of a request on behalf of who asks, so that all it changes is in the audit log. */
  audited<Result>(
    asked: AskedRoute,
    request: Request,
    work: (record: (event: AuditEvent) => Promise<void>) => Promise<Result>,
  ): Promise<Result>;
}

/** What the audit log is told of a request. */
export interface AskedRoute {
  readonly who: Identity | undefined;
  /** Of what no table tells, and no handler: null where nothing is changed. */
  readonly otherwise: AuditEvent | null;
}

/** A route without the types of its parts: what the router mounts and the document describes. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly access: RouteAccess;
  readonly params: z.ZodObject | undefined;
  readonly query: z.ZodObject | undefined;
  readonly body: Body;
  readonly answer: Answer<z.ZodType>;
  readonly errors: readonly ErrorCode[];
  readonly matched: boolean;
  readonly once: boolean;
  /** Rejects with what goes wrong, as long as nothing of the answer has been sent. */
  run(request: Request, response: Response, services: RouteServices): Promise<void>;
}

type NoFields = z.ZodObject<Record<never, never>>;

/** One definition from which the route, its validation and its part of the OpenAPI document come. */
export function defineRoute<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  B extends Body = undefined,
  Output extends z.ZodType = z.ZodUndefined,
  A extends RouteAccess = Access,
>(definition: RouteDefinition<Params, Query, B, Output, A>): Route {
  const { method, path, tag, operationId, summary, description, access, params, query, body, answer } =
    definition;
  return {
    ...{ method, path, tag, operationId, summary, description, access, params, query, body, answer },
    errors: allErrors(definition),
    matched: definition.matched === true,
    once: definition.once === true,
    async run(request, response, services) {
      const who = await admit(access, method, request, services);
      const parsed = {
        who: who as A extends 'public' ? undefined : Identity,
        params: parseParams(params, request.params) as z.output<Params>,
        query: parseQuery(query, request.originalUrl) as z.output<Query>,
        body: (await bodyOf(request, body)) as BodyValue<B>,
      };
      const changes = method !== 'get' && definition.audit !== 'changesNothing';
      const otherwise = changes ? { action: operationId, ...idOf(request) } : null;
      const result = await services.audited({ who, otherwise }, request, async (record) =>
        definition.handle({
          ...parsed,
          ...{ request, response, signal: abortSignal(response), record },
          match: (current) => requireMatch(request.headers['if-match'], current),
          once: (work) => doneOnce(request, who, parsed.body, services, work),
        }),
      );
      if (result.kind === 'taken_over') return;
      const tag = answer.tagged === true && result.kind === 'value' ? { ETag: entityTag(result.value) } : {};
      const headers = { ...tag, ...result.headers };
      if (result.kind === 'stream') {
        await sendStream(
          response,
          answer.status,
          { ...headers, 'Content-Type': result.contentType },
          result.source,
        );
      } else if (answer.status === 204) sendNothing(response, headers);
      else sendJson(response, answer.status, result.value, headers);
    },
  };
}

/** @throws AppError `unauthorized`, `forbidden` */
async function admit(
  access: RouteAccess,
  method: Method,
  request: Request,
  services: RouteServices,
): Promise<Identity | undefined> {
  refuseCrossSite(request);
  if (access === 'public') return undefined;
  const who = await services.authenticate(request);
  authorize(who, access, method);
  return who;
}

/** Of the thing that an address names. */
function idOf({ params }: Request): { id?: string } {
  const id = params['id'] ?? params['name'];
  return typeof id === 'string' ? { id } : {};
}

async function bodyOf(request: Request, body: Body): Promise<unknown> {
  if (body === undefined) return undefined;
  if (body.kind === 'raw') return readBody(request, body.maxBytes);
  return parseBody(body.schema, await readJson(request));
}

async function doneOnce<Value>(
  request: Request,
  who: Identity | undefined,
  body: unknown,
  { db }: RouteServices,
  work: (transaction: Transaction<Tables>) => Promise<Created<Value>>,
): Promise<Reply<Value>> {
  const claim = who && claimOf(request, who, body);
  const { value, headers } = await once(db, claim, work);
  return reply.value(value, headers);
}

function abortSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** The codes that a route can answer with, those included that follow from its parts. */
function allErrors(definition: {
  access: RouteAccess;
  query?: unknown;
  body?: Body;
  errors?: readonly ErrorCode[];
  matched?: boolean;
  once?: boolean;
}): ErrorCode[] {
  const codes = new Set<ErrorCode>(definition.errors ?? []);
  if (definition.access !== 'public') {
    codes.add('unauthorized').add('forbidden').add('database_unavailable');
  }
  if (definition.query !== undefined) codes.add('invalid_input');
  if (definition.body !== undefined) codes.add('bad_request').add('body_too_large').add('unsupported_type');
  if (definition.matched === true) codes.add('precondition_failed');
  if (definition.once === true) codes.add('idempotency_key_reused').add('invalid_input');
  if (definition.body?.kind === 'json') codes.add('malformed_json').add('invalid_input');
  return [...codes.add('internal')];
}
