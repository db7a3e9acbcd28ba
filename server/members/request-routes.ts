import { sql } from 'kysely';
import { z } from 'zod';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { idParams } from '../api/routes/inventory.ts';
import { AppError } from '../errors.ts';
import { entityId, fieldError } from '../inventory/index.ts';
import { exportOf } from './export.ts';
import { email } from './fields.ts';
import { findMember, type MemberParts } from './member-store.ts';
import { lookupOf } from './personal.ts';
import { enterRequest, fulfilRequest, getRequest, type MemberRequest, refuseRequest } from './requests.ts';

const timestamp = z.iso.datetime();
const kinds = z.enum(['access', 'erasure']);
const statuses = z.enum(['open', 'done', 'refused']);
const requestSchema = z
  .object({
    id: z.int(),
    kind: kinds,
    source: z.enum(['member', 'server', 'letter']),
    siteId: z.int(),
    memberId: z.int().nullable().meta({ description: 'null: nobody had the address.' }),
    status: statuses,
    receivedAt: timestamp,
    dueAt: timestamp.meta({ description: 'A month after it came.' }),
    verifiedBy: z.enum(['password', 'server', 'operator']),
    evidence: z.string().nullable(),
    doneAt: timestamp.nullable(),
    doneBy: z.int().nullable().meta({ description: 'A user of the console; null: it was done by itself.' }),
    reason: z.string().nullable(),
    removed: z.record(z.string(), z.int()).nullable().meta({ description: 'What was removed: counts.' }),
  })
  .meta({ id: 'MemberRequest' });
const letterSchema = z
  .strictObject({
    siteId: entityId,
    kind: kinds,
    email,
    receivedAt: timestamp,
    evidence: z.string().trim().min(1).max(1000).meta({
      description: 'How it came and how it was found out who asks. Nothing personal: it outlives the member.',
      example: 'Letter of 3 November, file 12/2026; called back at the number of the contract.',
    }),
  })
  .meta({ id: 'MemberRequestLetter' });

function shownRequest(row: MemberRequest): z.input<typeof requestSchema> {
  return {
    ...{ id: row.id, kind: row.kind, source: row.source, siteId: row.site_id, memberId: row.member_id },
    ...{ status: row.status, verifiedBy: row.verified_by, evidence: row.evidence, reason: row.reason },
    ...{ receivedAt: row.received_at.toISOString(), dueAt: row.due_at.toISOString() },
    ...{ doneAt: row.done_at?.toISOString() ?? null, doneBy: row.done_by, removed: row.removed },
  };
}

/** The list of requests for access and erasure, with dates and evidence. */
export function requestRoutes(parts: MemberParts): Route[] {
  const { db } = parts;
  const access = { area: 'members', roles: { admin: 'all' } } as const;
  const common = { tag: 'Members', access } as const;
  const item = { ...common, params: idParams } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'get', path: '/member-requests' },
      operationId: 'listMemberRequests',
      summary: 'List requests for access and erasure',
      query: z.object({
        status: statuses.optional(),
        kind: kinds.optional(),
        siteId: integerText({ min: 1, max: 2_147_483_647, example: 3 }).optional(),
        email: email.optional().meta({ description: 'Of `siteId`; also where the member is erased.' }),
        limit: integerText({ min: 1, max: 200 })
          .default(50)
          .meta({ override: { default: 50 } }),
        before: integerText({
          min: 1,
          max: 2_147_483_647,
          description: 'Only ids less than this: `next` of the page before.',
        }).optional(),
      }),
      answer: {
        ...{ status: 200, description: 'The youngest first.' },
        schema: z
          .object({ items: z.array(requestSchema), next: z.int().nullable() })
          .meta({ id: 'MemberRequestList' }),
      },
      async handle({ query }) {
        let found = db.selectFrom('member_requests').selectAll().orderBy('id', 'desc');
        if (query.status !== undefined) found = found.where('status', '=', query.status);
        if (query.kind !== undefined) found = found.where('kind', '=', query.kind);
        if (query.siteId !== undefined) found = found.where('site_id', '=', query.siteId);
        if (query.before !== undefined) found = found.where('id', '<', query.before);
        if (query.email !== undefined) {
          if (query.siteId === undefined) throw fieldError('/siteId', 'is needed with email');
          const subject = lookupOf(parts.keys.lookupKey, query.siteId, query.email);
          found = found.where(sql<boolean>`subject = ${subject}`);
        }
        const rows = await found.limit(query.limit + 1).execute();
        const items = rows.slice(0, query.limit);
        const next = rows.length > query.limit ? (items.at(-1)?.id ?? null) : null;
        return reply.value({ items: items.map(shownRequest), next });
      },
    }),
    defineRoute({
      ...{ ...common, method: 'post', path: '/member-requests' },
      operationId: 'enterMemberRequest',
      summary: 'Enter a request that came by letter',
      body: { kind: 'json' as const, schema: letterSchema },
      answer: { status: 201, description: 'Entered.', schema: requestSchema },
      async handle({ body, record }) {
        const { id } = (await db
          .selectFrom('sites')
          .select('id')
          .where('id', '=', body.siteId)
          .executeTakeFirst()) ?? { id: undefined };
        if (id === undefined) throw fieldError('/siteId', `there is no site ${body.siteId}`);
        const made = await enterRequest(parts, { ...body, receivedAt: new Date(body.receivedAt) });
        await record({ action: 'create', entity: 'member_request', id: made.id });
        return reply.value(shownRequest(made));
      },
    }),
    defineRoute({
      ...{ ...item, method: 'post', path: '/member-requests/{id}/fulfil' },
      operationId: 'fulfilMemberRequest',
      summary: 'Carry a request out',
      description: 'An erasure removes the member. What access asks for is then in `export`.',
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'Done.', schema: requestSchema },
      handle: async ({ who, params }) =>
        reply.value(shownRequest(await fulfilRequest(parts, params.id, who.userId))),
    }),
    defineRoute({
      ...{ ...item, method: 'post', path: '/member-requests/{id}/refuse' },
      operationId: 'refuseMemberRequest',
      summary: 'Refuse a request',
      body: {
        kind: 'json' as const,
        schema: z
          .strictObject({ reason: z.string().trim().min(1).max(1000) })
          .meta({ id: 'MemberRequestRefusal' }),
      },
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'Refused.', schema: requestSchema },
      async handle({ who, params, body }) {
        return reply.value(shownRequest(await refuseRequest(db, params.id, who.userId, body.reason)));
      },
    }),
    defineRoute({
      ...{ ...item, method: 'get', path: '/member-requests/{id}/export' },
      operationId: 'exportMemberRequest',
      summary: 'What a request for access asks for',
      errors: ['not_found', 'conflict'],
      answer: {
        ...{ status: 200, description: 'All that is held about the member.' },
        schema: z.looseObject({}).meta({ id: 'MemberRequestExport' }),
      },
      async handle({ params, record }) {
        const request = await getRequest(db, params.id);
        if (request.kind !== 'access' || request.status !== 'done') {
          throw new AppError('conflict', 'This is no request for access that was carried out.');
        }
        const member = request.member_id === null ? undefined : await findMember(parts, request.member_id);
        if (member === undefined) throw new AppError('not_found', 'There is nothing held about them.');
        await record({ action: 'export_member', entity: 'member', id: member.row.id });
        return reply.value(await exportOf(parts, member));
      },
    }),
  ];
}
