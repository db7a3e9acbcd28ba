import { z } from 'zod';
import { type ClickHouse, type LiveVisitors, liveMinutes, liveVisitors } from '../../analytics/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { filtersOf } from './filter-text.ts';
import { KeptFor } from './kept-for.ts';
import { contentFields, reportError } from './report-request.ts';

/** What many look at is counted once in so long. */
const keptMs = 5000;

const counts = { pageViews: z.int(), visitors: z.int() };
const answer = z
  .object({
    at: z.iso.datetime().meta({ description: 'When it was counted.' }),
    ...counts,
    minutes: z
      .array(z.int())
      .meta({ description: `Page views of each of the last ${liveMinutes} minutes, the oldest first.` }),
    countries: z.array(z.object({ country: z.string(), ...counts })).meta({
      description: 'ISO 3166-1 codes, empty where unknown; the 50 with most visitors.',
    }),
    pages: z.array(z.object({ page: z.string(), ...counts })).meta({ description: 'Likewise.' }),
  })
  .meta({ id: 'LiveVisitors' });

export interface LiveParts {
  readonly clickhouse: ClickHouse;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who is here now. However many look at it, it is counted once in five seconds. */
export function liveRoute({ clickhouse, now }: LiveParts): Route {
  const kept = new KeptFor<LiveVisitors & { readonly at: string }>(keptMs, 100);
  return defineRoute({
    method: 'get',
    path: '/live-visitors',
    tag: 'Reports',
    operationId: 'getLiveVisitors',
    summary: 'Visitors of the last 30 minutes',
    description: 'Counts alone, at most five seconds old. Of publishers those of their sites.',
    access: { area: 'reports', roles: { admin: 'all', adops: 'all', publisher: 'own', analyst: 'all' } },
    query: z.object({ filter: contentFields.filter }),
    errors: ['clickhouse_unavailable'],
    answer: { status: 200, description: 'What was counted.', schema: answer },
    async handle({ who, query }) {
      const filters = filtersOf(query.filter);
      const sites =
        who.role === 'publisher' && who.visible !== 'all' ? [...who.visible.sites].sort() : undefined;
      const nowMs = now();
      const live = await kept
        .get(JSON.stringify([sites ?? null, filters]), nowMs, async () => ({
          ...(await liveVisitors(clickhouse, nowMs, { sites, filters })),
          at: new Date(nowMs).toISOString(),
        }))
        .catch((error: unknown) => {
          throw reportError(error, { filters });
        });
      return reply.value({
        ...live,
        minutes: [...live.minutes],
        countries: [...live.countries],
        pages: [...live.pages],
      });
    },
  });
}
