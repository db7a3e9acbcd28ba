import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { ClickHouse } from '../../analytics/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import type { MachineState } from '../metrics/index.ts';
import { packageRoot } from '../package-root.ts';
import type { Readiness } from './readiness.ts';

export interface SystemRouteOptions {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  readonly readiness: Readiness;
  readonly embeddedDatabase: boolean;
  /** Undefined where this machine was not looked at yet. */
  readonly machine: () => MachineState | undefined;
}

const check = z
  .object({
    name: z.string().meta({ example: 'database' }),
    ok: z.boolean().meta({ description: 'Whether the back office can do its work with this.' }),
    detail: z.string().meta({ example: 'PostgreSQL answers.' }),
    warnings: z
      .array(z.string())
      .meta({ description: 'What does not keep it from working, and needs somebody all the same.' }),
  })
  .meta({ id: 'SystemCheck' });
const engine = z.object({
  embedded: z.boolean(),
  version: z.string().nullable().meta({ description: 'null while it cannot be reached.' }),
});
const machineShape = z
  .object({
    lookedAt: z.string(),
    spool: z.object({
      segments: z.int(),
      bytes: z.int(),
      limitBytes: z.int(),
      oldestAt: z
        .string()
        .nullable()
        .meta({ description: 'Since when the oldest event waits; null: none does.' }),
    }),
    givenUp: z
      .object({ pageViews: z.int(), moneyEvents: z.int(), lastAt: z.string().nullable() })
      .meta({ description: 'Events given up because more than SPOOL_MAX_BYTES waited, ever.' }),
    disk: z.object({ freeBytes: z.int(), sizeBytes: z.int() }),
  })
  .meta({ id: 'SystemMachine' });
const system = z
  .object({
    version: z.string().meta({ example: '0.1.0' }),
    nodeVersion: z.string().meta({ example: 'v22.11.0' }),
    startedAt: z.string(),
    ready: z.boolean(),
    checks: z.array(check),
    postgres: engine,
    clickhouse: engine,
    machine: machineShape.nullable().meta({ description: 'The one that the back office runs on.' }),
  })
  .meta({ id: 'System' });

/** How the installation is, for people: the readiness checks, the log that waits, and what runs in which version. */
export function systemRoute(options: SystemRouteOptions): Route {
  const { readiness, clickhouse, embeddedDatabase, db } = options;
  const version = versionOfPackage();
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  return defineRoute({
    method: 'get',
    path: '/system',
    tag: 'System',
    access: { area: 'operations', roles: { admin: 'all', adops: 'all' } },
    operationId: 'getSystem',
    summary: 'How the installation is',
    answer: { status: 200, description: 'As it is now.', schema: system },
    async handle() {
      const { ready, checks } = await readiness.look();
      return reply.value({
        ...{ version, nodeVersion: process.version, startedAt, ready },
        checks: checks.map(({ warnings = [], ...rest }) => ({ ...rest, warnings: [...warnings] })),
        postgres: { embedded: embeddedDatabase, version: await postgresVersion(db) },
        clickhouse: { embedded: clickhouse.kind === 'embedded', version: clickhouse.version || null },
        machine: shownMachine(options.machine()),
      });
    },
  });
}

function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  return String(version);
}

async function postgresVersion(db: Kysely<Tables>): Promise<string | null> {
  try {
    const { rows } = await sql<{ server_version: string }>`SHOW server_version`.execute(db);
    return rows[0]?.server_version ?? null;
  } catch {
    return null;
  }
}

function shownMachine(state: MachineState | undefined): z.input<typeof machineShape> | null {
  if (state === undefined) return null;
  const { oldestMs, ...spool } = state.spool;
  const { lastMs, ...givenUp } = state.givenUp;
  return {
    lookedAt: new Date(state.atMs).toISOString(),
    spool: { ...spool, oldestAt: oldestMs === null ? null : new Date(oldestMs).toISOString() },
    givenUp: { ...givenUp, lastAt: lastMs === 0 ? null : new Date(lastMs).toISOString() },
    disk: state.disk,
  };
}
