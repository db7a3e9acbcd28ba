import { z } from 'zod';
import { type AuditLine, readAuditLog } from '../../audit/index.ts';
import { maxId } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { integerText } from '../query-fields.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { pageFields } from './page-fields.ts';

const actor = z.enum(['user', 'key', 'local', 'nobody', 'system']).meta({
  description:
    '`local`: the command line of the server. `nobody`: somebody who had not signed in. `system`: no request; Signpost itself.',
});
const fields = z.record(z.string(), z.unknown());
const lineSchema = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    request: z.string().nullable().meta({ description: 'The same for all that one request changed.' }),
    actor,
    userId: z.int().nullable(),
    userName: z.string().nullable().meta({ description: 'As they are called now.' }),
    keyId: z.int().nullable(),
    keyName: z.string().nullable(),
    sessionId: z.int().nullable(),
    address: z
      .string()
      .nullable()
      .meta({ description: 'From where: a network, never an address.', example: '192.0.2.0/24' }),
    action: z.string().meta({
      description:
        '`create`, `update`, `archive`, `delete`, or what else happened: `sign_in`, `sign_in_failed`, `sign_out`, `download`, `run`, or the name of an operation.',
    }),
    entity: z.string().nullable().meta({ example: 'line_item' }),
    entityId: z.string().nullable(),
    before: fields.nullable().meta({ description: 'Of an update only what differs. Secrets are left out.' }),
    after: fields.nullable(),
  })
  .meta({ id: 'AuditLine' });
const listSchema = z
  .object({
    items: z.array(lineSchema),
    next: z.int().nullable().meta({ description: '`before` of the next page; null: this is the last.' }),
  })
  .meta({ id: 'AuditLog' });
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const word = z.string().max(100);

/** Who changed what. */
export function auditRoute({ db }: Pick<ApiDependencies, 'db'>): Route {
  return defineRoute({
    method: 'get',
    path: '/audit',
    tag: 'Accounts',
    operationId: 'listAudit',
    summary: 'Who changed what',
    description: 'Every change, by whom, with what was before and after; also signing in and downloads.',
    access: { area: 'accounts', roles: { admin: 'all' } },
    query: z.object({
      limit: pageFields.limit,
      before: integerText({
        ...{ min: 1, max: Number.MAX_SAFE_INTEGER },
        description: 'Only older lines: `next` of the page before.',
      }).optional(),
      actor: actor.optional(),
      user: integerText({ min: 1, max: maxId, description: 'By this user.' }).optional(),
      key: integerText({ min: 1, max: maxId, description: 'With this API key.' }).optional(),
      entity: word.optional().meta({ description: 'Of this kind.', example: 'line_item' }),
      entityId: word.optional(),
      action: word.optional().meta({ example: 'update' }),
      from: instant.optional().meta({ description: 'First instant.', example: '2026-11-01T00:00:00Z' }),
      to: instant
        .optional()
        .meta({ description: 'First instant that is left out.', example: '2026-12-01T00:00:00Z' }),
    }),
    answer: { status: 200, description: 'A page, the youngest first.', schema: listSchema },
    async handle({ query }) {
      const { lines, next } = await readAuditLog(db, { ...query });
      return reply.value({ items: lines.map(show), next });
    },
  });
}

function show({ row, userName, keyName }: AuditLine): z.input<typeof lineSchema> {
  return {
    ...{ id: row.id, at: row.at.toISOString(), request: row.request, actor: row.actor },
    ...{ userId: row.user_id, userName, keyId: row.key_id, keyName, sessionId: row.session_id },
    ...{ address: row.address, action: row.action, entity: row.entity, entityId: row.entity_id },
    ...{ before: shownFields(row.before), after: shownFields(row.after) },
  };
}

/** As the rest of the API names them. */
function shownFields(columns: Record<string, unknown> | null): Record<string, unknown> | null {
  if (columns === null) return null;
  const named = (column: string) =>
    column.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(columns).map(([column, value]) => [named(column), value]));
}
