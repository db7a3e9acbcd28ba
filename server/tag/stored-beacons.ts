import type { Retry } from './beacon.ts';

/** Of `localStorage`, which holds what the network refused as JSON. */
const key = 'signpost';
/** The newest are kept. */
const maxBeacons = 50;
/** The server counts no older events. */
const maxAgeMs = 7_200_000;

type Stored = readonly [url: string, body: string | null, refusedAtMs: number];

/** Throws where the browser lets nothing be stored, or something else is there. */
function stored(): Stored[] {
  return [...JSON.parse(localStorage.getItem(key) ?? '[]')];
}

function post(url: string, body: string | null): void {
  fetch(url, { method: 'POST', keepalive: true, body, mode: 'no-cors', credentials: 'omit' }).catch(() => {});
}

/** Sends each once more, whatever comes of it. It leaves the storage before, so that no other tab sends it as well. */
function sendStored(): void {
  try {
    const beacons = stored();
    localStorage.removeItem(key);
    for (const [url, body, refusedAtMs] of beacons) {
      if (Date.now() - refusedAtMs <= maxAgeMs) post(url, body);
    }
  } catch {
    // There is nothing of ours.
  }
}

/**
 * Keeps what the network refuses in the browser's storage, and sends it once more from there: what earlier pages of the
 * site left now, and what this one leaves when the browser is online again, or with the next page.
 */
export function storage(): Retry {
  if (navigator.onLine) sendStored();
  addEventListener('online', sendStored);
  return (url, body = null) => {
    try {
      const beacons = [...stored(), [url, body, Date.now()]];
      localStorage.setItem(key, JSON.stringify(beacons.slice(-maxBeacons)));
    } catch {
      addEventListener('online', () => post(url, body), { once: true });
    }
  };
}
