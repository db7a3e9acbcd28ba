import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type EventType,
  eventTypes,
  type LineFilter,
  type Searched,
  searchLogs,
} from '../../../analytics/index.ts';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { archiveDirs } from '../log-keeping.ts';

export interface LogsOptions {
  readonly from?: string;
  readonly to?: string;
  readonly type?: string;
  readonly site?: string;
  readonly zone?: string;
  readonly lineItem?: string;
  readonly visitor?: string;
  readonly id?: string;
  readonly text?: string;
  readonly oldest?: true;
  readonly limit: string;
  /** Another archive than this data directory's. */
  readonly folder?: string;
}

/** Prints the log lines that fit, as they were written, and on standard error how much was searched. */
export async function logs(settings: Settings, options: LogsOptions): Promise<void> {
  const { folder } = options;
  const searched: Searched = { files: 0, lines: 0, bytes: 0, found: 0, broken: [] };
  const started = performance.now();
  const found = searchLogs(
    {
      archiveDirs: folder === undefined ? archiveDirs(settings) : [folder],
      spoolDir: folder === undefined ? join(settings.DATA_DIR, 'spool') : undefined,
      filter: filterOf(options),
      order: options.oldest === true ? 'oldest' : 'newest',
      limit: whole('limit', options.limit) ?? 0,
    },
    searched,
  );
  await print(found);
  process.stderr.write(summary(searched, performance.now() - started));
  for (const { file, reason } of searched.broken)
    process.stderr.write(`${file} could not be read to its end: ${reason}\n`);
  if (searched.broken.length > 0) process.exitCode = 1;
}

/** No faster than it is read; whoever reads may stop at any line. */
async function print(lines: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

function summary({ files, lines, bytes, found }: Searched, tookMs: number): string {
  const number = new Intl.NumberFormat('en').format;
  const size = bytes < 1e6 ? `${number(Math.ceil(bytes / 1e3))} kB` : `${number(Math.round(bytes / 1e6))} MB`;
  const seconds = (tookMs / 1000).toFixed(1);
  return `${number(found)} of ${number(lines)} lines searched in ${number(files)} files (${size}), in ${seconds} s\n`;
}

function filterOf(options: LogsOptions): LineFilter {
  return {
    fromMs: instant('from', options.from),
    toMs: instant('to', options.to),
    type: typeOf(options.type),
    site: whole('site', options.site),
    zone: whole('zone', options.zone),
    lineItem: whole('line-item', options.lineItem),
    visitor: hex('visitor', options.visitor),
    id: hex('id', options.id),
    text: options.text,
  };
}

function typeOf(value: string | undefined): EventType | undefined {
  if (value === undefined || value in eventTypes) return value as EventType | undefined;
  throw unfit('type', value, `one of ${Object.keys(eventTypes).join(', ')}`);
}

function instant(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = Date.parse(value);
  if (Number.isNaN(ms))
    throw unfit(option, value, 'an instant, like 2026-11-23T14:00Z, or a date, whose first instant it is');
  return ms;
}

function whole(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,10}$/.test(value)) throw unfit(option, value, 'a whole number');
  return Number(value);
}

function hex(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!/^[0-9a-f]{16}$/.test(value)) throw unfit(option, value, '16 hex digits');
  return value;
}

function unfit(option: string, value: string, allowed: string): AppError {
  return new AppError('invalid_input', `--${option} ${value}: must be ${allowed}.`);
}
