import { z } from 'zod';
import type { GeoDbUpdater } from '../../geo-db/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { AppError } from '../errors.ts';
import type { JobControl } from '../operations/index.ts';
import { downloadState, showDownload } from './status-route.ts';

const ended = z
  .object({
    outcome: z.enum(['succeeded', 'failed', 'interrupted']),
    error: z.string().nullable(),
    downloads: z.array(downloadState),
  })
  .meta({ id: 'LocationUpdate' });

/** Looks after every download now, due or not; the job's history has the run. */
export function updateRoute(updater: GeoDbUpdater, jobs: Pick<JobControl, 'runNow'>): Route {
  return defineRoute({
    tag: 'Locations',
    access: { area: 'operations', roles: { admin: 'all' } },
    method: 'post',
    path: '/location-database/update',
    operationId: 'updateLocationDatabase',
    summary: 'Download location databases now',
    description:
      'Answers when all were looked after. Where a run is under way, answers with that one. On machines of the role delivery the job runs by its own schedule.',
    query: z.object({
      force: z.enum(['true', 'false']).optional().meta({
        description: 'Take files also where they have not changed, or are older than those in use.',
      }),
    }),
    errors: ['conflict'],
    answer: { status: 200, description: 'The run, also where it failed.', schema: ended },
    async handle({ query: { force } }) {
      if (!updater.active)
        throw new AppError(
          'conflict',
          'There is nothing to download: set MAXMIND_ACCOUNT_ID and MAXMIND_LICENSE_KEY, or GEO_DB_URL, and leave GEO_DB out.',
        );
      updater.demand({ force: force === 'true' });
      const run = await jobs.runNow('location-database');
      if (run === undefined) throw new AppError('internal', 'The job that downloads is missing.');
      const downloads = (await updater.status()).map(showDownload);
      return reply.value({ outcome: run.outcome, error: run.error ?? null, downloads });
    },
  });
}
