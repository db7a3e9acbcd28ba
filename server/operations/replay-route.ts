import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type ClickHouse, type ReplayCounts, replayArchive } from '../../analytics/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { AppError } from '../errors.ts';

export interface ReplayRouteOptions {
  readonly clickhouse: ClickHouse;
  /** Archives of this machine's log. */
  readonly archiveDirs: readonly string[];
  readonly scratchDir: string;
  readonly logger: Logger;
}

const day = z.iso.date().optional();
const lineType = 'application/x-ndjson';
const everyMs = 1000;

/** Rebuilds the events in ClickHouse from the log archive. */
export function replayRoute(options: ReplayRouteOptions): Route {
  let running = false;
  return defineRoute({
    method: 'post',
    path: '/log-archive/replays',
    tag: 'Log archive',
    access: { area: 'operations', roles: { admin: 'all' } },
    operationId: 'replayLogArchive',
    summary: 'Put into ClickHouse what the log archive has and ClickHouse has not',
    description:
      'Changes nothing that is there, and may be done again at any time. Rollups are made anew by their job. Answers with a line of JSON each second, the last with `done`; breaking off the request ends the replay.',
    query: z.object({
      firstDay: day.meta({ description: 'First day of the archive (UTC).', example: '2026-11-01' }),
      lastDay: day.meta({ description: 'Last day of the archive (UTC).', example: '2026-11-30' }),
    }),
    errors: ['conflict', 'clickhouse_unavailable'],
    answer: {
      status: 200,
      description: 'How far it is.',
      also: {
        [lineType]: {
          example:
            '{"files":12,"ofFiles":12,"lines":48210,"added":48210,"brokenFiles":0,"settledHours":0,"done":true}\n',
        },
      },
    },
    async handle({ query, signal, record }) {
      if (running) throw new AppError('conflict', 'A replay is under way.');
      running = true;
      try {
        await record({ action: 'replay', entity: 'log_archive', detail: query });
      } catch (error) {
        running = false;
        throw error;
      }
      return reply.stream(lineType, progress(), { 'X-Accel-Buffering': 'no' });

      async function* progress(): AsyncGenerator<string> {
        const line = (counts: object) => `${JSON.stringify(counts)}\n`;
        let counts: ReplayCounts | undefined;
        const stop = new AbortController();
        const run = replayArchive({
          ...options,
          ...query,
          signal: AbortSignal.any([signal, stop.signal]),
          onProgress: (next) => {
            counts = next;
          },
        }).finally(() => {
          running = false;
        });
        try {
          const ended = run.then(
            () => true,
            () => true,
          );
          while (!(await Promise.race([ended, pause(everyMs, false)]))) if (counts) yield line(counts);
          yield line({ ...(await run), done: true });
        } finally {
          stop.abort();
        }
      }
    },
  });
}
