import { basename } from 'node:path';
import { ageInDays, type GeoDb, staleAfterDays } from '../../geo-db/index.ts';
import { machineChecks } from '../metrics/machine-state.ts';
import type { Delivery } from './delivery.ts';

/** One thing that has to be right for a worker to be ready, and what it is like, in words. */
export interface HealthCheck {
  readonly name: 'inventory' | 'location_database' | 'log' | 'shipping' | 'disk';
  readonly ok: boolean;
  readonly detail: string;
  /** What does not keep the worker from being ready, and needs somebody all the same. */
  readonly warnings?: readonly string[];
  /** When the oldest location database was built, and how many days ago. */
  readonly builtAt?: string;
  readonly ageDays?: number;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly HealthCheck[];
  readonly events: { readonly written: number; readonly lost: number };
}

export function readiness(delivery: Delivery, geo: GeoDb): Readiness {
  const checks = [
    inventoryCheck(delivery),
    locationCheck(geo, delivery.now()),
    logCheck(delivery),
    ...machineCheck(delivery),
  ];
  const { writtenEvents, lostEvents } = delivery.spool.status();
  return {
    ready: checks.every(({ ok }) => ok),
    checks,
    events: { written: writtenEvents, lost: lostEvents },
  };
}

function inventoryCheck({ inventory }: Delivery): HealthCheck {
  if (inventory === undefined)
    return { name: 'inventory', ok: false, detail: 'There is no inventory snapshot yet.' };
  const made = new Date(inventory.madeAtMs).toISOString();
  return { name: 'inventory', ok: true, detail: `Version ${inventory.version}, made ${made}.` };
}

/** Not ready without any source of locations; an old database is only warned of. */
function locationCheck(geo: GeoDb, nowMs: number): HealthCheck {
  const { files, buildDate, refused, problems, webService } = geo.metadata();
  const name = 'location_database';
  const asked = webService ? "MaxMind's web service" : undefined;
  if (buildDate === undefined) {
    const detail = `No location database is loaded: ${asked === undefined ? 'every location is unknown' : `${asked} is asked`}.`;
    return { name, ok: asked !== undefined, detail };
  }
  const kinds = files.map((file) => `${file.databaseType} of ${file.buildDate.toISOString().slice(0, 10)}`);
  if (asked !== undefined) kinds.push(asked);
  const ageDays = ageInDays(buildDate, nowMs);
  const old =
    ageDays > staleAfterDays
      ? [`The oldest location database was built ${ageDays} days ago: see docs/locations.md for updates.`]
      : [];
  const notUsed = problems.map(({ file, reason }) => `${basename(file)} ${reason}.`);
  const warnings = [...old, ...notUsed];
  return {
    name,
    ok: true,
    detail: `${kinds.join(', ')}.${refused === 0 ? '' : ` ${refused} newer files were refused.`}`,
    builtAt: buildDate.toISOString(),
    ageDays,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** How shipping and the disk are, as the machine's back office or agent has said. */
function machineCheck({ machine, now }: Delivery): HealthCheck[] {
  const state = machine();
  if (state === undefined) return [];
  return machineChecks(state, now()).map(({ name, detail, warnings }) => ({
    ...{ name, ok: true, detail },
    ...(warnings.length === 0 ? {} : { warnings }),
  }));
}

function logCheck({ spool }: Delivery): HealthCheck {
  const { error, lostEvents } = spool.status();
  if (error !== undefined) {
    const detail = `The event log cannot be written (${error.message}); ${lostEvents} events were lost since the start.`;
    return { name: 'log', ok: false, detail };
  }
  return {
    name: 'log',
    ok: true,
    detail: lostEvents === 0 ? 'Writing.' : `Writing again; ${lostEvents} events were lost.`,
  };
}
