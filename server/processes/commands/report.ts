import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReportDescription } from '../../../analytics/index.ts';
import { AppError } from '../../errors.ts';
import { type CountedReport, localTime, rangeText, reportTexts } from '../../reporting/index.ts';
import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';
import { withProgress } from './progress.ts';
import { type ReportFormat, reportFormats } from './report-formats.ts';
import { textTable } from './text-table.ts';

export interface ReportOptions {
  readonly by?: string;
  readonly metrics?: string;
  readonly from?: string;
  readonly to?: string;
  readonly tz: string;
  readonly filter?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly compare?: string;
  readonly format?: ReportFormat;
  readonly output?: string;
}

/** Prints a report, or writes it to a file. */
export async function report(settings: Settings, name: string, options: ReportOptions): Promise<void> {
  const { by, output, format = formatOf(output), ...rest } = options;
  if ((format === 'xlsx' || format === 'parquet') && output === undefined && process.stdout.isTTY) {
    throw new AppError('bad_request', `${format} is no text: name a file with --output, or redirect.`);
  }
  const query = new URLSearchParams({ format: format === 'table' ? 'json' : format });
  for (const [key, value] of Object.entries({ dimensions: by, ...rest })) {
    if (value !== undefined) query.set(key, value);
  }
  const path = `/reports/${encodeURIComponent(name)}?${query}`;
  await withOffice(settings, async (office) => {
    const answer = await withProgress(`Report ${name}`, () => office.fetch(path));
    if (format === 'table') return write(Readable.from([readable(await json(answer))]), output);
    if (format === 'json')
      return write(Readable.from([`${JSON.stringify(await json(answer), null, 2)}\n`]), output);
    if (answer.body !== null) await write(Readable.fromWeb(answer.body), output);
  });
}

/** Prints what reports there are, or the dimensions and metrics of one. */
export async function reports(settings: Settings, name: string | undefined): Promise<void> {
  const { items } = await withOffice(settings, async (office) =>
    json<{ items: ReportDescription[] }>(await office.fetch('/reports')),
  );
  if (name === undefined) {
    const rows = items.map(({ name: item, description }) => [item, firstSentence(description)]);
    process.stdout.write(textTable(['report', 'what it is'], rows, [false, false]));
    return;
  }
  const found = items.find((item) => item.name === name);
  if (found === undefined) {
    throw new AppError(
      'not_found',
      `There is no report "${name}"; there are ${items.map((item) => item.name).join(', ')}.`,
    );
  }
  const rows = [...found.dimensions, ...found.metrics].map((column) => [
    ...[column.name, column.kind, column.type, column.definition],
  ]);
  const table = textTable(['column', 'kind', 'type', 'definition'], rows, [false, false, false, false]);
  process.stdout.write(`${found.title}: ${found.description}\n\n${table}`);
}

const firstSentence = (text: string) => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

/** By the end of the file's name; a table where it says nothing. */
function formatOf(output: string | undefined): ReportFormat {
  const end = output?.split('.').at(-1);
  return reportFormats.find((format) => format === end) ?? 'table';
}

async function json<Value = CountedReport>(answer: Response): Promise<Value> {
  return (await answer.json()) as Value;
}

/** To the standard output, or to a file that is there only as a whole. */
async function write(source: Readable, output: string | undefined): Promise<void> {
  if (output === undefined) return pipeline(source, process.stdout, { end: false });
  const unfinished = `${output}.part`;
  try {
    await pipeline(source, createWriteStream(unfinished));
    await rename(unfinished, output);
  } catch (error) {
    await rm(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new AppError('bad_request', `${output} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function readable(made: CountedReport): string {
  const title = `${made.name[0]?.toUpperCase()}${made.name.slice(1)}, ${rangeText(made)} (${made.timeZone})`;
  const before = made.previous === undefined ? '' : `, before: ${rangeText({ ...made, ...made.previous })}`;
  const rows = made.truncated ? [rowsText(made.rows.length, made.totalRows)] : [];
  const final = `Final until ${localTime(made.finalUntil, made.timeZone)}.`;
  const right = made.columns.map(({ kind, type }) => kind !== 'dimension' && type !== 'text');
  const table = textTable(
    made.columns.map(({ name }) => name),
    reportTexts(made),
    right,
  );
  return `${title}${before}\n\n${table}\n${[[final, ...rows].join(' '), ...made.notes].join('\n')}\n`;
}

function rowsText(shown: number, all: number | null): string {
  return all === null ? 'There are more rows than the limit.' : `These are ${shown} of ${all} rows.`;
}
