import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { ranJob } from './jobs.ts';
import { withOffice } from './office-client.ts';
import { withProgress } from './progress.ts';
import { textTable } from './text-table.ts';

/** As the API has them. */
interface Register {
  readonly holdings: readonly {
    readonly what: string;
    readonly kept: readonly { readonly where: string; readonly howLong: string }[];
    readonly readers: readonly string[];
    readonly consent: string | null;
  }[];
}
interface Report {
  readonly ok: boolean | null;
  readonly problems: number;
  readonly scans: readonly {
    readonly machine: string;
    readonly madeAt: string;
    readonly stores: readonly {
      readonly store: string;
      readonly parts: number;
      readonly scannedParts: number;
      readonly bytes: number;
      readonly share: number;
    }[];
  }[];
  readonly findings: readonly {
    readonly machine: string;
    readonly store: string;
    readonly place: string;
    readonly part: string | null;
    readonly kind: string;
    readonly count: number;
    readonly sample: string;
  }[];
  readonly unreadable: readonly {
    readonly store: string;
    readonly part: string | null;
    readonly reason: string;
  }[];
}

/**
 * Looks through all stores, and prints what is kept and what was found; with `last` only what the last scans found. Ends
 * with 1 where anything was.
 */
export async function privacyReport(
  settings: Settings,
  { format, last }: { format: 'table' | 'json'; last?: true },
): Promise<void> {
  const [register, report] = await withOffice(settings, async (office) => {
    if (last !== true) {
      const { outcome, error } = await withProgress('privacy-report', () => ranJob(office, 'privacy-report'));
      if (outcome !== 'succeeded') throw new AppError('internal', `The scan ${outcome}: ${error}`);
    }
    const read = async (path: string) => (await office.fetch(path)).json();
    return [
      (await read('/privacy/register')) as Register,
      (await read('/privacy/report')) as Report,
    ] as const;
  });
  if (report.ok !== true) process.exitCode = 1;
  const text =
    format === 'json' ? `${JSON.stringify({ ...report, register }, null, 2)}\n` : readable(register, report);
  process.stdout.write(text);
}

export async function privacyPolicy(settings: Settings, { language }: { language: string }): Promise<void> {
  const path = `/privacy/policy?language=${encodeURIComponent(language)}`;
  const answer = await withOffice(settings, async (office) => (await office.fetch(path)).json());
  process.stdout.write((answer as { markdown: string }).markdown);
}

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const left = (count: number): boolean[] => Array<boolean>(count).fill(false);

function readable({ holdings }: Register, report: Report): string {
  const kept = holdings.flatMap(({ what, kept: places, readers, consent }) =>
    places.map(({ where, howLong }, at) => [
      ...(at === 0 ? [what] : ['']),
      ...[where, howLong],
      ...(at === 0 ? [readers.join(', ') || 'nobody', consent ?? '–'] : ['', '']),
    ]),
  );
  const stores = report.scans.flatMap(({ machine, madeAt, stores: all }) =>
    all.map(({ store, parts, scannedParts, bytes, share }) => [
      ...[machine, store, `${scannedParts} of ${parts}`, megabytes(bytes), percents.format(share)],
      madeAt.slice(0, 19).replace('T', ' '),
    ]),
  );
  return [
    textTable(['what', 'where', 'how long', 'who sees it', 'consent'], kept, left(5)),
    textTable(['machine', 'store', 'parts', 'MB', 'looked through', 'when (UTC)'], stores, [
      false,
      false,
      true,
      true,
      true,
      false,
    ]),
    found(report),
  ].join('\n');
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

function found({ ok, problems, findings, unreadable }: Report): string {
  if (ok === null) return 'Nothing was looked through yet.\n';
  if (ok) return 'Nothing was found that should not be there.\n';
  const rows = findings.map(({ machine, store, place, part, kind, count, sample }) => [
    ...[machine, store, place, part ?? '–', kind, String(count), sample],
  ]);
  const heads = ['machine', 'store', 'place', 'part', 'what', 'count', 'sample'];
  const table =
    rows.length === 0
      ? ''
      : textTable(
          heads,
          rows,
          heads.map((head) => head === 'count'),
        );
  const unread = unreadable.map(({ store, part, reason }) => `not read: ${store} ${part ?? ''}: ${reason}\n`);
  return `${table}${unread.join('')}\nPROBLEMS: ${problems}\n`;
}
