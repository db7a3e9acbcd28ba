import type { GeoDb } from '../../geo-db/index.ts';
import type { Delivery } from './delivery.ts';

/** One thing that has to be right for a worker to be ready, and what it is like, in words. */
export interface HealthCheck {
  readonly name: 'inventory' | 'location_database' | 'log';
  readonly ok: boolean;
  readonly detail: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly HealthCheck[];
  readonly events: { readonly written: number; readonly lost: number };
}

export function readiness(delivery: Delivery, geo: GeoDb): Readiness {
  const checks = [inventoryCheck(delivery), locationCheck(geo), logCheck(delivery)];
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

function locationCheck(geo: GeoDb): HealthCheck {
  const { files, refused } = geo.metadata();
  if (files.length === 0) {
    return {
      name: 'location_database',
      ok: false,
      detail: 'No location database is loaded: every location is unknown.',
    };
  }
  const kinds = files.map(
    ({ databaseType, buildDate }) => `${databaseType} of ${buildDate.toISOString().slice(0, 10)}`,
  );
  const note = refused === 0 ? '' : ` ${refused} newer files were refused.`;
  return { name: 'location_database', ok: true, detail: `${kinds.join(', ')}.${note}` };
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
