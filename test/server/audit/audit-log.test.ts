import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruneAuditLog, recordEvent } from '../../../server/audit/index.ts';
import { onBehalfOf } from '../../../server/database/index.ts';
import { ask, type Harness, startApi } from '../api/harness.ts';

interface Line {
  readonly id: number;
  readonly request: string | null;
  readonly actor: string;
  readonly userId: number | null;
  readonly keyId: number | null;
  readonly action: string;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

let api: Harness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const read = async (query: string): Promise<Line[]> =>
  (await api.call('GET', `/audit?${query}`)).body.items as unknown as Line[];
const lastId = async (): Promise<number> => (await read('limit=1'))[0]?.id ?? 0;
/** The lines that some work left, the oldest first. */
async function linesOf(work: () => Promise<unknown>): Promise<Line[]> {
  const before = await lastId();
  await work();
  return (await read('limit=200')).filter(({ id }) => id > before).reverse();
}
const brief = ({ actor, action, entity, before, after }: Line) => ({ actor, action, entity, before, after });

describe('the audit log', () => {
  it('tells of a change who made it, and what it was before', async () => {
    const { body } = await api.call('POST', '/advertisers', { name: 'Old' });
    const path = `/advertisers/${body.id}`;
    const lines = await linesOf(async () => {
      await api.call('PATCH', path, { name: 'New' });
      await api.call('DELETE', path);
    });
    expect(lines.map(brief)).toEqual([
      {
        ...{ actor: 'key', action: 'update', entity: 'advertiser' },
        ...{ before: { name: 'Old' }, after: { name: 'New' } },
      },
      {
        ...{ actor: 'key', action: 'archive', entity: 'advertiser' },
        ...{ before: { status: 'active' }, after: { status: 'archived' } },
      },
    ]);
    expect(lines[0]).toMatchObject({ userId: 1, keyId: 1, keyName: 'admin', address: '192.0.2.0/24' });
    expect(lines[0]?.request).not.toBe(lines[1]?.request);
    const created = await read(`entity=advertiser&entityId=${body.id}&action=create`);
    expect(created).toMatchObject([{ before: null, after: { name: 'Old', status: 'active' } }]);
  });

  it('holds a line for all that one request changed, and none for what it did not', async () => {
    const owned = [1, 2, 3].map((n) => ({ name: `A${n}` }));
    const made: number[] = [];
    for (const body of owned) made.push((await api.call('POST', '/advertisers', body)).body.id ?? 0);
    const user = { name: 'Kim', role: 'advertiser', advertisers: made.slice(0, 2) };
    const { body } = await api.call('POST', '/users', user);
    const lines = await linesOf(() =>
      api.call('PATCH', `/users/${body.id}`, { advertisers: made.slice(1), name: 'Kim' }),
    );
    expect(lines.map(brief)).toEqual([
      ...[
        { action: 'update', before: { userId: body.id, advertiserId: made[0] }, after: null },
        { action: 'update', before: null, after: { userId: body.id, advertiserId: made[2] } },
      ].map((line) => ({ actor: 'key', entity: 'user', ...line })),
    ]);
    expect(new Set(lines.map(({ request }) => request)).size).toBe(1);
  });

  it('has a line of what no table tells too: a request that changed nothing, and events', async () => {
    const { body } = await api.call('POST', '/sites', { name: 'Same', domain: 'same.example' });
    const unchanged = await linesOf(() => api.call('PATCH', `/sites/${body.id}`, { name: 'Same' }));
    expect(unchanged).toMatchObject([{ action: 'updateSite', entityId: String(body.id) }]);
    expect(await linesOf(() => api.call('PATCH', `/sites/${body.id}`, { name: '' }))).toEqual([]);
    expect(await linesOf(() => api.call('GET', '/sites'))).toEqual([]);
    const image = await linesOf(() => api.call('POST', '/assets', new Uint8Array(10)));
    expect(image).toEqual([]);
  });

  it('rolls back with the change', async () => {
    const { db } = api.database;
    const lines = await linesOf(async () => {
      const failing = db.transaction().execute(async (transaction) => {
        await transaction.updateTable('sites').set({ name: 'Other' }).execute();
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
    });
    expect(lines).toEqual([]);
  });

  it('knows what was not done by a request, also where a request began it', async () => {
    const { db } = api.database;
    const rename = (name: string) => db.updateTable('sites').set({ name }).execute();
    let later: Promise<unknown> = Promise.resolve();
    let go = () => {};
    const lines = await linesOf(async () => {
      await rename('By nobody');
      const context = { request: crypto.randomUUID(), actor: 'user', userId: 1 } as const;
      await onBehalfOf({ ...context, keyId: null, sessionId: null, address: null }, async () => {
        await rename('By a user');
        later = new Promise<void>((resolve) => {
          go = resolve;
        }).then(() => rename('By what the request left behind'));
      });
      go();
      await later;
    });
    expect(lines.map(({ actor, userId }) => [actor, userId])).toEqual([
      ['system', null],
      ['user', 1],
      ['system', null],
    ]);
  });

  it('tells who signed in and out, and who failed to', async () => {
    const password = 'three words and a number';
    const { body: user } = await api.call('POST', '/users', {
      ...{ name: 'Ann', email: 'ann@example.com', role: 'adops' },
    });
    const { body: link } = await api.call('POST', `/users/${user.id}/password-links`);
    const post = (path: string, body: object) =>
      ask(`${api.url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const set = await linesOf(() => post('/passwords', { token: link['token'], password }));
    expect(set.map(brief)).toEqual([
      expect.objectContaining({ actor: 'nobody', action: 'delete', entity: 'password_link' }),
      {
        ...{ actor: 'nobody', action: 'update', entity: 'user' },
        ...{ before: { password: null }, after: { password: '(secret)' } },
      },
    ]);
    const lines = await linesOf(async () => {
      await post('/sessions', { email: 'nobody@example.com', password });
      await post('/sessions', { email: 'ann@example.com', password: 'wrong' });
      const { headers, body } = await post('/sessions', { email: 'ann@example.com', password });
      const Cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
      await ask(`${api.url}/sessions/${body['sessionId']}`, { method: 'DELETE', headers: { Cookie } });
    });
    expect(lines.map(({ actor, userId, action, entityId }) => [actor, userId, action, entityId])).toEqual([
      ['nobody', null, 'sign_in_failed', null],
      ['nobody', null, 'sign_in_failed', String(user.id)],
      ['user', user.id, 'sign_in', String(user.id)],
      ['user', user.id, 'sign_out', expect.any(String)],
    ]);
  });

  it('has no secret, and no address', async () => {
    const made = await api.call('POST', '/api-keys', { name: 'Key' });
    const advertiser = (await api.call('POST', '/advertisers', { name: 'A' })).body.id;
    const action = await api.call('POST', '/conversion-actions', { advertiserId: advertiser, name: 'Sale' });
    const { db } = api.database;
    const hashes = await db.selectFrom('api_keys').select('hash').execute();
    const rows = await db.selectFrom('audit_log').selectAll().execute();
    const kept = JSON.stringify(rows);
    for (const { hash } of hashes) expect(kept).not.toContain(Buffer.from(hash).toString('hex'));
    expect(kept).not.toContain(String(made.body['key']));
    const { secret } = await db.selectFrom('conversion_actions').select('secret').executeTakeFirstOrThrow();
    expect(action.status).toBe(201);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain('192.0.2.7');
  });

  it('is read by pages, and by who, what and when', async () => {
    const first = (await api.call('GET', '/audit?limit=2')).body;
    const [a, b] = first.items as unknown as Line[];
    expect(first.next).toBe(b?.id);
    expect((a?.id ?? 0) > (b?.id ?? 0)).toBe(true);
    const second = await read(`limit=2&before=${first.next}`);
    expect(second.every(({ id }) => id < (b?.id ?? 0))).toBe(true);
    expect((await read('actor=nobody&limit=200')).every(({ actor }) => actor === 'nobody')).toBe(true);
    expect((await read('user=1&key=1&limit=200')).every(({ keyId }) => keyId === 1)).toBe(true);
    expect(await read('from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await read('to=2001-01-01T00:00:00Z')).toEqual([]);
    expect((await api.call('GET', '/audit?from=yesterday')).status).toBe(422);
  });

  it('is only added to, but for what is too old', async () => {
    const { db } = api.database;
    const only = /only added to/;
    await expect(sql`UPDATE audit_log SET actor = 'local'`.execute(db)).rejects.toThrow(only);
    await expect(sql`DELETE FROM audit_log`.execute(db)).rejects.toThrow(only);
    await expect(sql`TRUNCATE audit_log`.execute(db)).rejects.toThrow(only);
    await recordEvent(db, { action: 'kept' });
    const [youngest] = await read('limit=1');
    const { at } = await db
      .selectFrom('audit_log')
      .select('at')
      .where('id', '=', youngest?.id ?? 0)
      .executeTakeFirstOrThrow();
    expect(await pruneAuditLog(db, at)).toBeGreaterThan(10);
    expect(await read('limit=200')).toMatchObject([{ action: 'kept', actor: 'system' }]);
  });

  it('records every table, but for those that are known to need none', async () => {
    const tables = await sql<{ name: string; recorded: boolean }>`
      SELECT relname AS name, EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'record'
      ) AS recorded FROM pg_class
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1`.execute(
      api.database.db,
    );
    const unrecorded = tables.rows.filter(({ recorded }) => !recorded).map(({ name }) => name);
    expect(unrecorded).toEqual([
      // Megabytes of bytes: the upload is recorded as an operation.
      'assets',
      'audit_log',
      // What Signpost does by itself.
      'daily_curves',
      'day_keys',
      // What was made under them is recorded.
      'idempotency_keys',
      'installation',
      'inventory_version',
      'job_runs',
      'job_states',
      'line_item_rates',
      'machine_metrics',
      // Who asked is recorded as such.
      'mails',
      'pacing_controller',
      'pacing_ledger',
      'pacing_shipped',
      'pacing_workers',
      'privacy_scans',
      'report_deliveries',
      'schema_migrations',
      'secrets',
      // Visitors' own, on their way to their browsers.
      'sent_values',
      'sent_values_version',
      // Signing in and out are recorded as such.
      'sessions',
    ]);
  });
});
