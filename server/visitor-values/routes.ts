import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Identity } from '../accounts/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { type CookieKeys, type Handle, isPseudonymOf, isValue, openHandle } from '../audience/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { maxId } from '../inventory/index.ts';
import { leaveValue } from './store.ts';

interface Parts {
  readonly db: Kysely<Tables>;
  readonly keys: () => CookieKeys;
  readonly now: () => number;
}

const access = { area: 'visitors', roles: { advertiser: 'own' } } as const;
const handle = z.string().min(1).max(400).meta({
  description: 'As {advertiser_handle} gave it; it holds for a day.',
  example: 'c1pTw0f6…',
});
const visitor = z.string().meta({
  description: "The advertiser's number for this visitor on this site.",
  example: 'c0nXkW0qCk9xqzdZ2wq1m5o',
});
const value = z
  .string()
  .refine(isValue, 'must be 1 to 64 printable ASCII characters without space, or empty')
  .meta({ description: 'Empty: none.', example: 'cart:17' });
const which = 'Needed where the key sees several advertisers.';

const valueSchema = z
  .object({
    visitor,
    value,
    setAt: z.iso.datetime().nullable().meta({ description: 'null: never.' }),
  })
  .meta({
    id: 'VisitorValue',
    description: 'What the advertiser keeps for a visitor, when the handle was made.',
  });
const sentSchema = z
  .object({
    visitor,
    until: z.iso.datetime().meta({
      description: "Until then it waits for the browser's next ad request.",
    }),
  })
  .meta({ id: 'SentVisitorValue' });
const bodySchema = z
  .strictObject({
    advertiserId: z.int().min(1).max(maxId).optional().meta({ description: which, example: 3 }),
    handle: handle.optional(),
    visitor: visitor.optional(),
    value,
  })
  .refine((body) => (body.handle === undefined) !== (body.visitor === undefined), {
    message: 'give either handle or visitor',
  })
  .meta({ id: 'VisitorValuePut', example: { handle: 'c1pTw0f6…', value: 'bought' } });

/** What an advertiser's server reads and writes of its own values in visitors' browsers. */
export function visitorValueRoutes({ db, keys, now }: Parts): Route[] {
  const common = { path: '/visitor-values', tag: 'Visitor values', access } as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      operationId: 'readVisitorValue',
      summary: 'Read what is kept for a visitor',
      description:
        "Opens a handle. 403 is the answer to another advertiser's, an altered and an expired handle alike.",
      query: z.object({
        handle,
        advertiserId: integerText({ min: 1, max: maxId, description: which }).optional(),
      }),
      answer: { status: 200, description: 'As it was when the handle was made.', schema: valueSchema },
      async handle({ who, query }) {
        const opened = openOwn(who, query.advertiserId, query.handle, keys(), now());
        return reply.value({
          visitor: opened.visitor,
          value: opened.value,
          setAt: opened.valueAtS === 0 ? null : new Date(opened.valueAtS * 1000).toISOString(),
        });
      },
    }),
    defineRoute({
      ...common,
      method: 'put',
      operationId: 'writeVisitorValue',
      // What it changes is the visitor's own, and in no log.
      audit: 'changesNothing',
      summary: 'Write what is kept for a visitor',
      description:
        "The value waits for the browser's next ad request, up to 14 days, and is then kept in the browser alone. 403 as in reading.",
      body: { kind: 'json' as const, schema: bodySchema },
      errors: ['conflict'],
      answer: { status: 202, description: 'It waits.', schema: sentSchema },
      async handle({ who, body }) {
        const nowMs = now();
        const ready = keys();
        const advertiser = oneAdvertiser(who, body.advertiserId);
        const known =
          body.handle === undefined
            ? knownVisitor(advertiser, body.visitor ?? '', ready)
            : openOwn(who, body.advertiserId, body.handle, ready, nowMs).visitor;
        const until = await leaveValue(db, advertiser, known, body.value, nowMs);
        return reply.value({ visitor: known, until: until.toISOString() });
      },
    }),
  ];
}

/** One answer for all: what is another's is not told from what never was. */
const notYours = () =>
  new AppError('forbidden', 'This is not of your advertiser, or it does not hold any more.');

/** 0, which is nobody, where the asker does not see it. @throws AppError `invalid_input` */
function oneAdvertiser({ visible }: Identity, asked: number | undefined): number {
  const own = visible === 'all' ? [] : visible.advertisers;
  if (asked !== undefined) return own.includes(asked) ? asked : 0;
  if (own.length > 1) {
    const message = 'is needed: the key sees several advertisers';
    throw new AppError('invalid_input', `/advertiserId ${message}.`, {
      fields: [{ path: '/advertiserId', message }],
    });
  }
  return own[0] ?? 0;
}

/** @throws AppError `forbidden` */
function openOwn(
  who: Identity,
  asked: number | undefined,
  text: string,
  keys: CookieKeys,
  nowMs: number,
): Handle {
  const opened = openHandle(oneAdvertiser(who, asked), text, keys, nowMs);
  if (opened === undefined) throw notYours();
  return opened;
}

/** @throws AppError `forbidden` */
function knownVisitor(advertiser: number, text: string, keys: CookieKeys): string {
  if (!isPseudonymOf(advertiser, text, keys)) throw notYours();
  return text;
}
