import { type Finding, Findings } from './look-through.ts';
import type { Part, StoreName } from './part.ts';
import type { OwnNames } from './traces.ts';

/** What is known of one store after a scan. */
export interface ScannedStore {
  readonly store: StoreName;
  readonly parts: number;
  /** Looked through by this scan. */
  readonly scannedParts: number;
  readonly bytes: number;
  readonly scannedBytes: number;
  /** Key of the part that the scan ended with where time was out; the next one goes on behind it. */
  readonly resumeAfter: string | null;
  /** Found in parts that are there; also by earlier scans, where this one had no time for them. */
  readonly findings: readonly (Finding & { readonly part: string })[];
  /** Places found beyond those that are listed. */
  readonly moreFindings: number;
  /** Parts that could not be read, and why; the first few. */
  readonly unreadable: readonly { readonly part: string; readonly reason: string }[];
}

export interface ScanOptions {
  readonly store: StoreName;
  readonly parts: readonly Part[];
  readonly before: ScannedStore | undefined;
  readonly own: OwnNames;
  /** Milliseconds since 1970: no further part is begun then. */
  readonly endMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const toldUnreadable = 20;
/** A leak may be in every file: so many places are enough to see where it comes from. */
const listedFindings = 500;

/** Looks through the parts of a store, as many as there is time for, beginning where the scan before had to end. */
export async function scanStore(options: ScanOptions): Promise<ScannedStore> {
  const { store, parts, before, own, endMs, now, signal } = options;
  const due = inTurn(parts, before?.resumeAfter ?? null);
  const found: (Finding & { part: string })[] = [];
  const unreadable: { part: string; reason: string }[] = [];
  const seen = new Set<string>();
  let scannedBytes = 0;
  let last: string | null = null;
  for (const part of due) {
    if (signal.aborted || now() >= endMs) break;
    const findings = new Findings(own);
    try {
      await part.scan(findings);
    } catch (error) {
      unreadable.push({ part: part.key, reason: error instanceof Error ? error.message : String(error) });
    }
    found.push(...findings.list().map((finding) => ({ ...finding, part: part.key })));
    seen.add(part.key);
    scannedBytes += part.bytes;
    last = part.key;
  }
  const there = new Set(parts.map(({ key }) => key));
  const earlier = (before?.findings ?? []).filter(({ part }) => there.has(part) && !seen.has(part));
  const all = [...earlier, ...found];
  return {
    ...{ store, parts: parts.length, scannedParts: seen.size },
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    ...{ scannedBytes, resumeAfter: seen.size < due.length ? (last ?? before?.resumeAfter ?? null) : null },
    ...{ findings: all.slice(0, listedFindings), moreFindings: Math.max(0, all.length - listedFindings) },
    unreadable: unreadable.slice(0, toldUnreadable),
  };
}

function inTurn(parts: readonly Part[], after: string | null): Part[] {
  const sorted = [...parts].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (after === null) return sorted;
  const from = sorted.findIndex(({ key }) => key > after);
  return from < 0 ? sorted : [...sorted.slice(from), ...sorted.slice(0, from)];
}
