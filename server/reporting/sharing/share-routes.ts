import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { hashOf, type Identity, newSecretText } from '../../accounts/index.ts';
import { defineRoute, integerText, ownerOf, type Route, reply } from '../../api/index.ts';
import type { Tables } from '../../database/index.ts';
import { AppError } from '../../errors.ts';
import { entityName, maxId } from '../../inventory/index.ts';
import { KeptFor } from '../kept-for.ts';
import type { CountedReport } from '../make-report.ts';
import { reportReaders, requestFor } from '../report-access.ts';
import { described, report as reportSchema } from '../routes.ts';
import { checkShareable, withoutColumn, withoutSmallGroups } from './outside.ts';
import { checkSaved, type SavedQuery, savedQuery, savedRequest } from './saved-query.ts';
import { ownForAll, type SharingParts } from './saved-routes.ts';

const dayMs = 86_400_000;
/** A link that many look at is made anew once in so long. */
const keptMs = 60_000;

const createSchema = z
  .strictObject({
    name: entityName.meta({ description: 'Readers of the link see it.', example: 'Visitors by country' }),
    report: z.string().max(100).meta({ example: 'visitors' }),
    query: savedQuery,
    days: z.int().min(1).max(365).default(30).meta({ description: 'For how long it can be read.' }),
  })
  .meta({
    id: 'ReportShareCreate',
    example: {
      name: 'By country',
      report: 'visitors',
      query: { dimensions: 'country', lastDays: 30 },
      days: 14,
    },
  });
const shareSchema = z
  .object({
    ...{ id: z.int(), name: z.string(), report: z.string(), query: savedQuery },
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute; null: never.' }),
  })
  .meta({ id: 'ReportShare' });
const createdSchema = shareSchema
  .extend({
    token: z.string().meta({ description: 'Shown this once: only a hash of it is kept.', example: 'shr_…' }),
    path: z.string().meta({ description: 'Of the page, on the console.', example: '/shared/shr_…' }),
  })
  .meta({ id: 'ReportShareCreated' });

type Row = Selectable<Tables['report_shares']>;
type Scope = Pick<Identity, 'role' | 'visible'>;

const show = (row: Row): z.input<typeof shareSchema> => ({
  ...{ id: row.id, name: row.name, report: row.report, query: row.query as SavedQuery },
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

/** Links with which anybody who has one reads one report, as it was asked for. */
export function shareRoutes({
  db,
  maker,
  now,
  kAnonymity,
}: SharingParts & { readonly kAnonymity: number }): Route[] {
  const common = {
    tag: 'Shared reports',
    access: { ...reportReaders, roles: { ...ownForAll, admin: 'all' } },
  } as const;
  const kept = new KeptFor<CountedReport>(keptMs, 200);

  const make = async ({ report, query, scope }: Row, signal: AbortSignal): Promise<CountedReport> => {
    const who = scope as Scope;
    checkShareable(report, query as SavedQuery);
    const request = requestFor(who, report, savedRequest(query as SavedQuery, new Date(now())));
    if (report !== 'visitors') return maker.make(report, request, signal);
    const { metrics } = request;
    const added = metrics !== undefined && !metrics.includes('visitors');
    const made = await maker.make(
      report,
      added ? { ...request, metrics: [...metrics, 'visitors'] } : request,
      signal,
    );
    const folded = withoutSmallGroups(made, kAnonymity);
    return added ? withoutColumn(folded, 'visitors') : folded;
  };

  return [
    defineRoute({
      ...common,
      ...{
        method: 'get',
        path: '/report-shares',
        operationId: 'listReportShares',
        summary: 'List share links',
      },
      description: "One's own; of administrators all. Also those that have expired or were revoked.",
      answer: {
        status: 200,
        description: 'The youngest first.',
        schema: z.object({ items: z.array(shareSchema) }),
      },
      async handle({ who }) {
        let rows = db.selectFrom('report_shares').selectAll().orderBy('id', 'desc').limit(1000);
        if (who.role !== 'admin') rows = rows.where('owner', '=', ownerOf(who));
        return reply.value({ items: (await rows.execute()).map(show) });
      },
    }),
    defineRoute({
      ...common,
      ...{
        method: 'post',
        path: '/report-shares',
        operationId: 'createReportShare',
        summary: 'Share a report',
      },
      description:
        'Who has the link reads this report as it is asked for here, within what its maker sees now, and nothing else. Groups of fewer than K_ANONYMITY visitors are put together.',
      body: { kind: 'json' as const, schema: createSchema },
      errors: ['not_found', 'clickhouse_unavailable'],
      answer: { status: 201, description: 'The link.', schema: createdSchema },
      async handle({ who, body: { name, report, query, days }, signal }) {
        await checkSaved(maker, who, report, query, new Date(now()), signal);
        checkShareable(report, query);
        const { text: token, hash } = newSecretText('shr_');
        const { role, visible } = who;
        const row = await db
          .insertInto('report_shares')
          .values({
            ...{ name, report, hash, owner: ownerOf(who), user_id: who.userId },
            query: JSON.stringify(query),
            scope: JSON.stringify({ role, visible }),
            expires_at: new Date(now() + days * dayMs),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return reply.value({ ...show(row), token, path: `/shared/${token}` });
      },
    }),
    defineRoute({
      ...common,
      ...{ method: 'delete', path: '/report-shares/{id}', operationId: 'revokeReportShare' },
      summary: 'Revoke a share link',
      params: z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) }),
      errors: ['not_found'],
      answer: { status: 204, description: 'Revoked, now or before.' },
      async handle({ who, params: { id } }) {
        let rows = db.updateTable('report_shares').where('id', '=', id);
        if (who.role !== 'admin') rows = rows.where('owner', '=', ownerOf(who));
        const { numUpdatedRows } = await rows
          .set({ revoked_at: sql`coalesce(revoked_at, now())` })
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw new AppError('not_found', `There is no share link ${id}.`);
        return reply.value(undefined);
      },
    }),
    defineRoute({
      ...{ method: 'get', path: '/shared-reports/{token}', tag: common.tag, access: 'public' },
      operationId: 'getSharedReport',
      summary: 'Read a shared report',
      description: 'For who has the link. Unknown, expired and revoked ones are answered alike.',
      params: z.object({ token: z.string().max(100).meta({ example: 'shr_…' }) }),
      errors: ['not_found', 'clickhouse_unavailable', 'database_unavailable'],
      answer: {
        ...{ status: 200, description: 'The report.' },
        schema: z
          .object({ name: z.string(), expiresAt: z.iso.datetime(), report: reportSchema })
          .meta({ id: 'SharedReport' }),
      },
      async handle({ params: { token } }) {
        const row = await db
          .selectFrom('report_shares')
          .leftJoin('users', 'users.id', 'report_shares.user_id')
          .selectAll('report_shares')
          .where('hash', '=', hashOf(token))
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', new Date(now()))
          .where(({ or, eb }) => or([eb('user_id', 'is', null), eb('users.status', '=', 'active')]))
          .executeTakeFirst();
        if (row === undefined) throw new AppError('not_found', 'This link does not exist, or has ended.');
        const made = await kept.get(String(row.id), now(), () => make(row, AbortSignal.timeout(120_000)));
        if (row.last_used_at === null || now() - row.last_used_at.getTime() >= 60_000) {
          await db
            .updateTable('report_shares')
            .set({ last_used_at: new Date(now()) })
            .where('id', '=', row.id)
            .execute();
        }
        return reply.value({
          name: row.name,
          expiresAt: row.expires_at.toISOString(),
          report: described(made),
        });
      },
    }),
  ];
}
