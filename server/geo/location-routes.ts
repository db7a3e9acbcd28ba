import type { Route } from '../api/index.ts';
import type { JobControl } from '../operations/index.ts';
import { lookUpRoute } from './look-up-route.ts';
import { regionsRoute } from './regions-route.ts';
import { type StatusParts, statusRoute } from './status-route.ts';
import { updateRoute } from './update-route.ts';

export interface LocationParts extends StatusParts {
  readonly jobs: Pick<JobControl, 'runNow'>;
}

/** The locations' part of the API. */
export function locationRoutes(parts: LocationParts): Route[] {
  return [
    lookUpRoute(parts.geo, parts.webService),
    statusRoute(parts),
    regionsRoute(),
    updateRoute(parts.updater, parts.jobs),
  ];
}
