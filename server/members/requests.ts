import type { Kysely, Selectable } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { eraseMember, type Removed } from './erase.ts';
import { exportOf } from './export.ts';
import { findByEmail, findMember, type Member, type MemberParts } from './member-store.ts';
import { lookupOf } from './personal.ts';

export type MemberRequest = Selectable<Tables['member_requests']>;

/** A request has to be met within a month (GDPR, article 12). */
export function dueAfter(received: Date): Date {
  const due = new Date(received);
  due.setUTCMonth(due.getUTCMonth() + 1);
  return due;
}

export interface RequestSource {
  readonly source: MemberRequest['source'];
  readonly verifiedBy: MemberRequest['verified_by'];
  /** null: not a user of the console. */
  readonly userId: number | null;
}

/** Erases a member at once, and keeps that it was asked for and done. */
export async function eraseAsked(
  parts: MemberParts,
  member: Member,
  by: RequestSource,
): Promise<{ request: number; removed: Removed }> {
  const id = await openRequest(parts, member, 'erasure', by);
  const removed = await eraseMember(parts, member);
  await endRequest(parts.db, id, by.userId, removed);
  return { request: id, removed };
}

/** All that is held about a member, and keeps that it was asked for. */
export async function exportAsked(
  parts: MemberParts,
  member: Member,
  by: RequestSource,
): Promise<Awaited<ReturnType<typeof exportOf>>> {
  const id = await openRequest(parts, member, 'access', by);
  const all = await exportOf(parts, member);
  await endRequest(parts.db, id, by.userId, null);
  return all;
}

async function openRequest(
  { db, keys }: MemberParts,
  { row, personal }: Member,
  kind: MemberRequest['kind'],
  { source, verifiedBy }: RequestSource,
): Promise<number> {
  const now = new Date();
  const { id } = await db
    .insertInto('member_requests')
    .values({
      ...{ kind, source, verified_by: verifiedBy, site_id: row.site_id, member_id: row.id },
      subject: lookupOf(keys.lookupKey, row.site_id, personal.email),
      ...{ received_at: now, due_at: dueAfter(now) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function endRequest(
  db: Kysely<Tables>,
  id: number,
  userId: number | null,
  removed: Removed | null,
): Promise<void> {
  await db
    .updateTable('member_requests')
    .set({ status: 'done', done_at: new Date(), done_by: userId })
    .set({ removed: removed === null ? null : JSON.stringify(removed) })
    .where('id', '=', id)
    .execute();
}

export interface LetterRequest {
  readonly siteId: number;
  readonly kind: MemberRequest['kind'];
  readonly email: string;
  readonly receivedAt: Date;
  readonly evidence: string;
}

/** Enters a request that came by letter. The address itself is not kept. */
export async function enterRequest(
  parts: MemberParts,
  { siteId, kind, email, receivedAt, evidence }: LetterRequest,
): Promise<MemberRequest> {
  const member = await findByEmail(parts, siteId, email);
  return parts.db
    .insertInto('member_requests')
    .values({
      ...{ kind, source: 'letter', verified_by: 'operator', site_id: siteId, evidence },
      member_id: member?.row.id ?? null,
      subject: lookupOf(parts.keys.lookupKey, siteId, email),
      ...{ received_at: receivedAt, due_at: dueAfter(receivedAt) },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @throws AppError `not_found` */
export async function getRequest(db: Kysely<Tables>, id: number): Promise<MemberRequest> {
  const row = await db.selectFrom('member_requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `There is no request ${id}.`);
  return row;
}

/**
 * Carries a request out: an erasure removes the member, where there still is one; an export of a request of access can be
 * fetched from then on.
 * @throws AppError `not_found`, `conflict` where it has ended
 */
export async function fulfilRequest(
  parts: MemberParts,
  id: number,
  userId: number | null,
): Promise<MemberRequest> {
  const request = await openOne(parts.db, id);
  const member = request.member_id === null ? undefined : await findMember(parts, request.member_id);
  const erases = request.kind === 'erasure' && member !== undefined;
  await endRequest(parts.db, id, userId, erases ? await eraseMember(parts, member) : null);
  return getRequest(parts.db, id);
}

/** @throws AppError `not_found`, `conflict` where it has ended */
export async function refuseRequest(
  db: Kysely<Tables>,
  id: number,
  userId: number | null,
  reason: string,
): Promise<MemberRequest> {
  await openOne(db, id);
  await db
    .updateTable('member_requests')
    .set({ status: 'refused', reason, done_at: new Date(), done_by: userId })
    .where('id', '=', id)
    .execute();
  return getRequest(db, id);
}

async function openOne(db: Kysely<Tables>, id: number): Promise<MemberRequest> {
  const request = await getRequest(db, id);
  if (request.status !== 'open') throw new AppError('conflict', `The request ${id} has ended.`);
  return request;
}
