import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type ClickHouse, type TagSighting, tagSightings } from '../../analytics/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import { createStore, maxId, siteDefinition, zoneDefinition } from '../inventory/index.ts';

const hourMs = 3_600_000;
/** Requests that tell enough to say that something never happens. */
const enough = 3;

/** What can be wrong with a tag on a page. */
export const tagProblems = {
  page_unknown:
    'The tag does not tell on which page it is: the page hides it from the server (Referrer-Policy).',
  other_site: "The page is none of the site's domain.",
  not_secure: 'The page is not served over https.',
  never_filled: 'No request was answered with an ad.',
  never_rendered:
    'Ads were answered, and none was shown: something on the page keeps the tag from showing them.',
  never_viewable: 'Ads were shown, and none came into view.',
  not_counted: 'No request counts: they look like those of bots, tests or invalid traffic.',
} as const;
type TagProblem = keyof typeof tagProblems;

const problems = z.array(z.enum(Object.keys(tagProblems) as [TagProblem, ...TagProblem[]])).meta({
  description: Object.entries(tagProblems)
    .map(([code, text]) => `${code}: ${text}`)
    .join(' '),
});
const count = z.int();
const answer = z
  .object({
    lastSeenAt: z.iso.datetime().nullable().meta({ description: 'null: not in these hours.' }),
    requests: count,
    sizes: z.array(z.tuple([z.int(), z.int()])).meta({ description: 'That the zone takes.' }),
    pages: z
      .array(
        z.object({
          page: z.string().meta({ description: 'Without query string; empty where the tag did not tell.' }),
          lastSeenAt: z.iso.datetime(),
          ...{ requests: count, counted: count, filled: count, impressions: count, viewable: count },
          noFillReason: z.string().nullable().meta({ description: 'That most requests without an ad had.' }),
          problems,
        }),
      )
      .meta({ description: 'Up to 100, the one seen last in front.' }),
  })
  .meta({ id: 'TagCheck' });

export interface TagCheckParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whether a zone's tag works, by what it sent: nothing is fetched from any page. */
export function tagCheckRoute({ db, clickhouse, now }: TagCheckParts): Route {
  const zones = createStore(db, zoneDefinition);
  const sites = createStore(db, siteDefinition);
  return defineRoute({
    ...{ method: 'get', path: '/zones/{id}/tag-check', tag: 'Zones', operationId: 'checkZoneTag' },
    summary: "See where a zone's tag ran",
    description:
      'When and on which pages it was seen, what became of its requests, and what looks wrong. A few seconds old at most.',
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all', publisher: 'own' } },
    params: z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) }),
    query: z.object({
      hours: integerText({ min: 1, max: 168, description: 'How far back.', example: 24 })
        .default(24)
        .meta({ override: { default: 24 } }),
    }),
    errors: ['not_found', 'clickhouse_unavailable'],
    answer: { status: 200, description: 'What was seen.', schema: answer },
    async handle({ who, params, query: { hours }, signal }) {
      const zone = await zones.get(who.visible, params.id);
      const { domain } = await sites.get('all', zone.siteId);
      const toMs = now();
      const seen = await tagSightings(clickhouse, zone.id, { fromMs: toMs - hours * hourMs, toMs }, signal);
      const [last] = seen;
      return reply.value({
        lastSeenAt: last === undefined ? null : new Date(last.lastSeenMs).toISOString(),
        requests: seen.reduce((sum, { requests }) => sum + requests, 0),
        sizes: zone.sizes,
        pages: seen.map((each) => shown(each, domain)),
      });
    },
  });
}

function shown(sighting: TagSighting, domain: string) {
  const { lastSeenMs, noFill, ...rest } = sighting;
  return {
    ...rest,
    lastSeenAt: new Date(lastSeenMs).toISOString(),
    noFillReason: noFill === '' ? null : noFill,
    problems: problemsOf(sighting, domain),
  };
}

/** @param domain of the zone's site: its pages may also be below it */
export function problemsOf(sighting: TagSighting, domain: string): TagProblem[] {
  const { page, requests, counted, filled, impressions, viewable } = sighting;
  const url = URL.canParse(page) ? new URL(page) : undefined;
  const host = url?.hostname;
  const isLocal = host === 'localhost' || host === '127.0.0.1';
  const found: [TagProblem, boolean][] = [
    ['page_unknown', page === ''],
    ['other_site', host !== undefined && host !== domain && !host.endsWith(`.${domain}`)],
    ['not_secure', url?.protocol === 'http:' && !isLocal],
    ['never_filled', filled === 0],
    ['never_rendered', filled >= enough && impressions === 0],
    ['never_viewable', impressions >= enough && viewable === 0],
    ['not_counted', requests > 0 && counted === 0],
  ];
  return found.filter(([, holds]) => holds).map(([code]) => code);
}
