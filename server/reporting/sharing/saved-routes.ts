import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Identity } from '../../accounts/index.ts';
import { defineRoute, integerText, ownerOf, type Route, reply } from '../../api/index.ts';
import type { Tables } from '../../database/index.ts';
import { AppError } from '../../errors.ts';
import { entityName, maxId } from '../../inventory/index.ts';
import type { ReportMaker } from '../make-report.ts';
import { isReadable, reportReaders } from '../report-access.ts';
import { checkSaved, type SavedQuery, savedQuery } from './saved-query.ts';

export interface SharingParts {
  readonly db: Kysely<Tables>;
  readonly maker: ReportMaker;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const fields = {
  name: entityName,
  report: z.string().max(100).meta({ description: 'Name of the report.', example: 'visitors' }),
  query: savedQuery,
  shared: z
    .boolean()
    .meta({ description: 'Whether all see it whose role has the report; what they get is theirs.' }),
};
const createSchema = z.strictObject({ ...fields, shared: fields.shared.default(false) }).meta({
  id: 'SavedReportCreate',
  example: { name: 'By country', report: 'visitors', query: { dimensions: 'country', lastDays: 30 } },
});
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'SavedReportPatch', example: { shared: true } });
const outputSchema = z
  .object({
    id: z.int(),
    ...fields,
    own: z.boolean().meta({ description: 'Whether it is that of who asks: only then can it be changed.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'SavedReport' });

type Row = Selectable<Tables['saved_reports']>;
const maxSaved = 500;

function show(row: Row, who: Identity): z.input<typeof outputSchema> {
  const { id, name, report, shared } = row;
  return {
    ...{ id, name, report, shared, query: row.query as SavedQuery, own: row.owner === ownerOf(who) },
    ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
  };
}

/** Reports as people have set them up, to look at again. */
export function savedReportRoutes({ db, maker, now }: SharingParts): Route[] {
  const common = { tag: 'Saved reports', access: { ...reportReaders, roles: ownForAll } } as const;
  const params = z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) });
  const one = { ...common, path: '/saved-reports/{id}', params } as const;
  const found = async (transaction: Kysely<Tables>, who: Identity, id: number, own: boolean) => {
    const row = await transaction
      .selectFrom('saved_reports')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    const visible =
      row !== undefined &&
      (row.owner === ownerOf(who) || (!own && row.shared && isReadable(who, row.report)));
    if (!visible) throw new AppError('not_found', `There is no saved report ${id}.`);
    return row;
  };
  return [
    defineRoute({
      ...common,
      ...{
        method: 'get',
        path: '/saved-reports',
        operationId: 'listSavedReports',
        summary: 'List saved reports',
      },
      description: "One's own, and those that others share.",
      answer: { status: 200, description: 'By name.', schema: z.object({ items: z.array(outputSchema) }) },
      async handle({ who }) {
        const rows = await db
          .selectFrom('saved_reports')
          .selectAll()
          .where(({ or, eb }) => or([eb('owner', '=', ownerOf(who)), eb('shared', '=', true)]))
          .orderBy('name')
          .orderBy('id')
          .execute();
        const items = rows.filter((row) => row.owner === ownerOf(who) || isReadable(who, row.report));
        return reply.value({ items: items.map((row) => show(row, who)) });
      },
    }),
    defineRoute({
      ...common,
      ...{
        method: 'post',
        path: '/saved-reports',
        operationId: 'createSavedReport',
        summary: 'Save a report',
      },
      body: { kind: 'json' as const, schema: createSchema },
      once: true,
      errors: ['not_found', 'conflict', 'clickhouse_unavailable'],
      answer: { status: 201, description: 'Saved.', schema: outputSchema, tagged: true },
      async handle({ who, body, once, signal }) {
        await checkSaved(maker, who, body.report, body.query, new Date(now()), signal);
        return once(async (transaction) => {
          const { count } = await transaction
            .selectFrom('saved_reports')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .where('owner', '=', ownerOf(who))
            .executeTakeFirstOrThrow();
          if (Number(count) >= maxSaved)
            throw new AppError('conflict', `There are ${maxSaved} saved reports already.`);
          const row = await transaction
            .insertInto('saved_reports')
            .values({ ...body, query: JSON.stringify(body.query), owner: ownerOf(who) })
            .returningAll()
            .executeTakeFirstOrThrow();
          return { value: show(row, who), headers: {} };
        });
      },
    }),
    defineRoute({
      ...one,
      ...{ method: 'get', operationId: 'getSavedReport', summary: 'Read a saved report' },
      errors: ['not_found'],
      answer: { status: 200, description: 'How it was set up.', schema: outputSchema, tagged: true },
      handle: async ({ who, params: { id } }) => reply.value(show(await found(db, who, id, false), who)),
    }),
    defineRoute({
      ...one,
      ...{ method: 'patch', operationId: 'updateSavedReport', summary: 'Change a saved report' },
      body: { kind: 'json' as const, schema: patchSchema },
      matched: true,
      errors: ['not_found', 'clickhouse_unavailable'],
      answer: { status: 200, description: 'As it is now.', schema: outputSchema, tagged: true },
      async handle({ who, params: { id }, body, match, signal }) {
        const before = await found(db, who, id, true);
        const next = { report: before.report, query: before.query as SavedQuery, ...given(body) };
        await checkSaved(maker, who, next.report, next.query, new Date(now()), signal);
        const row = await db.transaction().execute(async (transaction) => {
          const current = await found(transaction, who, id, true);
          match(show(current, who));
          return transaction
            .updateTable('saved_reports')
            .set({ ...given(body), query: JSON.stringify(next.query), updated_at: new Date() })
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirstOrThrow();
        });
        return reply.value(show(row, who));
      },
    }),
    defineRoute({
      ...one,
      ...{ method: 'delete', operationId: 'deleteSavedReport', summary: 'Delete a saved report' },
      matched: true,
      errors: ['not_found'],
      answer: { status: 204, description: 'Gone.' },
      async handle({ who, params: { id }, match }) {
        await db.transaction().execute(async (transaction) => {
          match(show(await found(transaction, who, id, true), who));
          await transaction.deleteFrom('saved_reports').where('id', '=', id).execute();
        });
        return reply.value(undefined);
      },
    }),
  ];
}

/** Saved reports are everybody's own. */
export const ownForAll = {
  admin: 'own',
  adops: 'own',
  advertiser: 'own',
  publisher: 'own',
  analyst: 'own',
} as const;

function given<Patch extends object>(
  patch: Patch,
): { [Key in keyof Patch]?: Exclude<Patch[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as never;
}
