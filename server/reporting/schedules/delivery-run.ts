import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import {
  dayText,
  type ExportRequest,
  localDay,
  type ReportColumn,
  type ReportName,
  reports,
} from '../../../analytics/index.ts';
import type { Tables } from '../../database/index.ts';
import { AppError } from '../../errors.ts';
import type { MailSettings } from '../../mail/index.ts';
import type { CountedReport, ReportMaker } from '../make-report.ts';
import { contentOf, reportNamed } from '../report-request.ts';
import { cellText, rangeText } from '../report-text.ts';
import { type BucketSettings, putIntoBucket } from './bucket.ts';
import { type ChartPoint, chartPng } from './chart.ts';
import { Deliveries, type Delivery, type Schedule } from './deliveries.ts';
import { putIntoFolder } from './folder.ts';
import { mailRows, sendReportMail } from './mail.ts';
import { periodRange } from './periods.ts';
import { type ReportFile, withReportFiles } from './report-files.ts';
import { storedContent } from './schedule-fields.ts';

/** Numbers that are not final are looked at again after this. */
const finalRetryMs = 10 * 60_000;
const hourMs = 3_600_000;

/** Where scheduled reports can go; undefined: there are no settings for it. */
export interface Places {
  readonly mail: MailSettings | undefined;
  readonly folder: string;
  readonly bucket: BucketSettings | undefined;
}

export interface DeliveryParts {
  readonly db: Kysely<Tables>;
  readonly maker: ReportMaker;
  readonly places: Places;
  readonly scratchDir: string;
}

export interface DeliveryContext {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a run of the job did. */
export interface DeliveryCounts {
  /** Deliveries that fell due. */
  readonly planned: number;
  readonly delivered: number;
  /** Whose numbers are not final yet. */
  readonly waiting: number;
  /** That will be tried again, and that were given up. */
  readonly failed: number;
}

/**
 * Sends what is due. Each schedule, period and target is sent once: what was delivered is in the database before the
 * next begins. A file that was put where it belongs by a process that died then is put there again, the same. An
 * e-mail whose acceptance was not noted before a process died is sent again, with the same Message-ID: SMTP has no
 * way to ask.
 */
export async function deliverReports(
  parts: DeliveryParts,
  context: DeliveryContext,
): Promise<DeliveryCounts> {
  const { now, signal, logger } = context;
  const deliveries = new Deliveries(parts.db);
  const counts = { planned: await deliveries.plan(now()), delivered: 0, waiting: 0, failed: 0 };
  while (!signal.aborted) {
    const claimed = await deliveries.claim(now());
    if (claimed === undefined) break;
    const { delivery, schedule } = claimed;
    try {
      const sent = await deliveries.whileClaimed(delivery, context, (held) =>
        send(parts, schedule, delivery, { ...context, signal: held }),
      );
      if (sent === undefined) {
        await deliveries.notYet(delivery, now() + finalRetryMs);
        counts.waiting++;
      } else {
        await deliveries.delivered(delivery, now(), sent.result, sent.provisional);
        counts.delivered++;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const outcome = await deliveries.failed(delivery, now(), reason);
      logger.warn(
        { schedule: schedule.id, target: delivery.target, reason, outcome },
        'the report could not be sent',
      );
      counts.failed++;
    }
  }
  return counts;
}

/** What `deliverReports` would do now: deliveries that fall due, and those that are then tried. */
export function reportsDue(parts: DeliveryParts, nowMs: number): Promise<{ planned: number; tried: number }> {
  return new Deliveries(parts.db).due(nowMs);
}

/** Sends one; undefined where its numbers are not final yet and may be waited for. */
async function send(
  parts: DeliveryParts,
  schedule: Schedule,
  delivery: Delivery,
  { now, signal }: DeliveryContext,
): Promise<{ result: object; provisional: boolean } | undefined> {
  const name = reportNamed(schedule.report);
  const request: ExportRequest = {
    ...contentOf(storedContent.parse(schedule.content)),
    ...periodRange({ firstDay: delivery.first_day, lastDay: delivery.last_day }, schedule.time_zone),
    timeZone: schedule.time_zone,
  };
  const provisional = !(await isFinal(parts.maker, name, request, signal));
  const waitUntilMs = delivery.due_at.getTime() + schedule.wait_hours * hourMs;
  if (provisional && now() < waitUntilMs) return undefined;
  const { formats } = schedule;
  const result = await withReportFiles(
    parts.maker,
    { name, request, formats, scratchDir: parts.scratchDir },
    signal,
    (files) => sendFiles(parts, { schedule, delivery, name, request, provisional }, files, signal),
  );
  return { result, provisional };
}

/** Whether all of the range is counted for good. */
async function isFinal(
  maker: ReportMaker,
  name: ReportName,
  { from, to, timeZone, filters = [], metrics = reports[name].defaultMetrics }: ExportRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const request = { from, to, timeZone, filters, metrics: metrics.slice(0, 1) };
  const { finalUntil } = await maker.make(name, request, signal);
  return Date.parse(finalUntil) >= to.getTime();
}

interface Sending {
  readonly schedule: Schedule;
  readonly delivery: Delivery;
  readonly name: ReportName;
  readonly request: ExportRequest;
  readonly provisional: boolean;
}

async function sendFiles(
  { places, maker }: DeliveryParts,
  sending: Sending,
  files: readonly ReportFile[],
  signal: AbortSignal,
): Promise<object> {
  const { targets } = sending.schedule;
  switch (sending.delivery.target) {
    case 'folder':
      return { files: await putIntoFolder(path.join(places.folder, targets.folder ?? ''), files) };
    case 'bucket':
      if (places.bucket === undefined) throw notSet('S3_URL');
      return { objects: await putIntoBucket(places.bucket, targets.bucket ?? '', files) };
    case 'email':
      if (places.mail === undefined) throw notSet('SMTP_URL');
      return sendReportMail(places.mail, await mailOf(maker, places.mail, sending, files, signal));
  }
}

function notSet(key: string): AppError {
  return new AppError('conflict', `The setting ${key} is missing, so nothing can be sent there.`);
}

async function mailOf(
  maker: ReportMaker,
  { from }: MailSettings,
  { schedule, delivery, name, request, provisional }: Sending,
  files: readonly ReportFile[],
  signal: AbortSignal,
) {
  const limit = Math.min(request.limit ?? mailRows, mailRows);
  const report = await maker.make(name, { ...request, limit }, signal);
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    to: schedule.targets.email ?? [],
    subject: `${schedule.name}: ${rangeText(report)}${provisional ? ' (provisional)' : ''}`,
    messageId: `<${schedule.key}.${delivery.first_day}@${domain}>`,
    ...{ report, provisional, files },
    chart: await chartOf(maker, name, request, report, signal),
  };
}

/** The first number over time: by hour for a single day, else by day. undefined where the report has no times. */
async function chartOf(
  maker: ReportMaker,
  name: ReportName,
  request: ExportRequest,
  report: CountedReport,
  signal: AbortSignal,
): Promise<{ png: Buffer; alt: string } | undefined> {
  const hourly = request.to.getTime() - request.from.getTime() < 26 * hourMs;
  const time = reports[name].dimensions.find(({ type }) => type === (hourly ? 'hour' : 'day'));
  const metric = report.columns.find(({ kind, type }) => kind === 'metric' && type !== 'text');
  if (time === undefined || metric === undefined) return undefined;
  const { sort: _sort, limit: _limit, ...rest } = request;
  const series = await maker.make(name, { ...rest, dimensions: [time.name], metrics: [metric.name] }, signal);
  const title = `${metric.label} by ${hourly ? 'hour' : 'day'}`;
  const total = cellText(metric, report.totals[metric.name] ?? null);
  const points = pointsOf(series, time.name, metric, hourly ? hoursOfDay : daysOf(series));
  return { png: await chartPng({ title, points }), alt: `${title}; in total ${total}.` };
}

const hoursOfDay = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

function daysOf({ from, to, timeZone }: CountedReport): string[] {
  const first = localDay(Date.parse(from), timeZone);
  const end = localDay(Date.parse(to), timeZone);
  return Array.from({ length: end - first }, (_, at) => dayText(first + at).slice(5));
}

/** A point for each label, 0 where the report has no row; of an hour that comes twice the sum. */
function pointsOf(
  { rows, previous }: CountedReport,
  time: string,
  metric: ReportColumn,
  labels: readonly string[],
): ChartPoint[] {
  const scale = metric.type === 'micros' ? 1e-6 : 1;
  const points = new Map(labels.map((label) => [label, { label, value: 0, previous: 0 }]));
  for (const row of rows) {
    const text = String(row[time] ?? '');
    const point = points.get(text.includes('T') ? text.slice(11, 16) : text.slice(5));
    if (point === undefined) continue;
    point.value += Number(row[metric.name] ?? 0) * scale;
    point.previous += Number(row[`${metric.name}Previous`] ?? 0) * scale;
  }
  const found = [...points.values()];
  return previous === undefined ? found.map(({ label, value }) => ({ label, value })) : found;
}
