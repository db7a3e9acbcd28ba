import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { type OfficeClient, withOffice } from './office-client.ts';
import { withProgress } from './progress.ts';
import { textTable } from './text-table.ts';

/** As the API has them. */
interface Run {
  readonly job: string;
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly outcome: 'succeeded' | 'failed' | 'interrupted' | 'planned' | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
}
interface ListedJob {
  readonly name: string;
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly running: boolean;
  readonly last: Run | null;
  readonly latenessS: number;
  readonly failures: number;
}

export async function listJobs(settings: Settings, options: { format: 'table' | 'json' }): Promise<void> {
  const items = await withOffice(settings, readJobs);
  if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
    return;
  }
  const rows = items.map(({ name, schedule, timeZone, running, last, failures, latenessS }) => {
    const state = running ? 'running' : failures > 0 ? `failed ${failures} times` : (last?.outcome ?? '–');
    return [
      name,
      schedule ?? 'when asked for',
      timeZone,
      last === null ? '–' : shownTime(last.startedAt),
      state,
      shownSpan(latenessS * 1000),
    ];
  });
  const heads = ['job', 'schedule', 'time zone', 'last run (UTC)', 'outcome', 'late'];
  process.stdout.write(textTable(heads, rows, [false, false, false, false, false, true]));
}

/** Prints what a run did. @throws AppError `internal` where it failed */
export async function runJob(settings: Settings, name: string, options: { dryRun?: true }): Promise<void> {
  const ended = await withOffice(settings, (office) =>
    withProgress(name, () => ranJob(office, name, options.dryRun === true)),
  );
  if (ended.outcome !== 'succeeded' && ended.outcome !== 'planned') {
    throw new AppError('internal', `The job "${name}" ${ended.outcome}: ${ended.error}`);
  }
  const what = ended.outcome === 'planned' ? 'would do' : `took ${shownSpan(ended.durationMs ?? 0)}`;
  process.stdout.write(`${name} ${what}: ${shownCounts(ended.counts)}\n`);
}

export async function jobHistory(
  settings: Settings,
  name: string,
  { limit }: { limit: string },
): Promise<void> {
  const path = `/jobs/${encodeURIComponent(name)}/runs?limit=${encodeURIComponent(limit)}`;
  const { items } = await withOffice(
    settings,
    async (office) => (await (await office.fetch(path)).json()) as { items: Run[] },
  );
  const rows = items.map((run) => [
    shownTime(run.startedAt),
    run.durationMs === null ? '–' : shownSpan(run.durationMs),
    run.outcome ?? 'running',
    run.error ?? shownCounts(run.counts),
  ]);
  const heads = ['started (UTC)', 'took', 'outcome', 'what'];
  process.stdout.write(textTable(heads, rows, [false, true, false, false]));
}

async function readJobs(office: OfficeClient): Promise<ListedJob[]> {
  return ((await (await office.fetch('/jobs')).json()) as { items: ListedJob[] }).items;
}

/** Runs a job and waits for its end, also where that takes longer than an HTTP answer may take. */
export async function ranJob(office: OfficeClient, name: string, dryRun = false): Promise<Run> {
  const path = `/jobs/${encodeURIComponent(name)}/runs${dryRun ? '?dryRun=true' : ''}`;
  try {
    return (await (await office.fetch(path, { method: 'POST' })).json()) as Run;
  } catch (error) {
    const code = ((error as Error).cause as { code?: string } | undefined)?.code;
    if (code !== 'UND_ERR_HEADERS_TIMEOUT') throw error;
  }
  for (;;) {
    const job = (await readJobs(office)).find((each) => each.name === name);
    if (job !== undefined && !job.running && job.last !== null) return job.last;
    await pause(2000);
  }
}

function shownCounts(counts: Run['counts']): string {
  const parts = Object.entries(counts).map(([key, value]) => `${key} ${value}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

const shownTime = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

function shownSpan(ms: number): string {
  if (ms === 0) return '–';
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}
