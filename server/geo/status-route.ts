import { basename } from 'node:path';
import { z } from 'zod';
import {
  ageInDays,
  creditsOf,
  type GeoDb,
  type GeoDbUpdater,
  type GeoWebService,
  staleAfterDays,
  type UpdateState,
} from '../../geo-db/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { opened } from './look-up-route.ts';
import { showFile, shownCredit, shownFile } from './shown-location.ts';

const time = z.string().nullable();

export const downloadState = z
  .object({
    name: z.string().meta({ example: 'GeoLite2-City' }),
    url: z.string().meta({ description: 'Without what may be secret in it.' }),
    installed: z.boolean(),
    checkedAt: time,
    updatedAt: time,
    nextCheckAt: time.meta({ description: 'Null: at the next run of the job.' }),
    failures: z.number().meta({ description: 'Failed checks since the last good one.' }),
    problem: z.object({ kind: z.string(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'LocationDownload' });

const status = z
  .object({
    files: z.array(
      shownFile.extend({ ipVersion: z.number(), ageDays: z.number() }).meta({ id: 'LocationFileInUse' }),
    ),
    builtAt: time.meta({ description: 'Of the oldest file.' }),
    ageDays: z.number().nullable(),
    old: z
      .boolean()
      .meta({ description: `Whether the oldest file is more than ${staleAfterDays} days old.` }),
    refused: z.number().meta({ description: 'Files refused by this process since it opened them.' }),
    problems: z.array(z.object({ file: z.string(), reason: z.string() })),
    downloads: z.array(downloadState),
    webService: z
      .object({
        cached: z.number(),
        queued: z.number(),
        asked: z.number(),
        failed: z.number(),
        pausedUntil: time,
        problem: z.string().nullable(),
      })
      .nullable()
      .meta({ description: "This process's own view of the web service; null where it is off." }),
    credits: z.array(shownCredit),
  })
  .meta({ id: 'LocationDatabase' });

export interface StatusParts {
  readonly geo: () => Promise<GeoDb>;
  readonly webService: GeoWebService | undefined;
  readonly updater: GeoDbUpdater;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function statusRoute({ geo, webService, updater, now }: StatusParts): Route {
  return defineRoute({
    tag: 'Locations',
    access: { area: 'operations', roles: { admin: 'all', adops: 'all' } },
    method: 'get',
    path: '/location-database',
    operationId: 'getLocationDatabase',
    summary: 'Which location databases are in use',
    description: 'On the machine of the back office; `/readyz` of a delivery worker tells its own.',
    errors: ['geo_db_unusable'],
    answer: { status: 200, description: 'Files, their age, and their downloads.', schema: status },
    async handle() {
      const { files, buildDate, refused, problems } = (await opened(geo)).metadata();
      const ageDays = buildDate === undefined ? null : ageInDays(buildDate, now());
      return reply.value({
        files: files.map((info) => ({
          ...showFile(info),
          ipVersion: info.ipVersion,
          ageDays: ageInDays(info.buildDate, now()),
        })),
        builtAt: buildDate?.toISOString() ?? null,
        ageDays,
        old: ageDays !== null && ageDays > staleAfterDays,
        refused,
        problems: problems.map(({ file, reason }) => ({ file: basename(file), reason })),
        downloads: (await updater.status()).map(showDownload),
        webService: webService === undefined ? null : showService(webService),
        credits: [...creditsOf(files)],
      });
    },
  });
}

export function showDownload(state: UpdateState): z.input<typeof downloadState> {
  const { name, url, installed, failures, problem } = state;
  return {
    ...{ name, url, installed, failures },
    checkedAt: instant(state.checkedAtMs),
    updatedAt: instant(state.updatedAtMs),
    nextCheckAt: instant(state.nextCheckMs),
    problem: problem ?? null,
  };
}

function showService(service: GeoWebService) {
  const { pausedUntilMs, problem, ...counts } = service.status();
  return { ...counts, pausedUntil: instant(pausedUntilMs), problem: problem ?? null };
}

function instant(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
