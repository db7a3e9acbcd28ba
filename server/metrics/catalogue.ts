import { eventTypes, invalidReasonNames } from '../../analytics/index.ts';
import { noFillReasons } from '../delivery/no-fill.ts';

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Every value that a label can have; `jobs`: the names of the jobs. */
  readonly labels?: Readonly<Record<string, readonly string[] | 'jobs'>>;
  /** Of a gauge that every worker has: what is said of all of them. Default: their sum. */
  readonly over?: 'max' | 'min';
}

/** Paths of delivery, put together; `other`: images, bundles, scripts, health, and what is no address. */
export const endpoints = [
  ...['ad', 'impression', 'viewable', 'click', 'page_view', 'conversion', 'frame', 'image', 'other'],
] as const;
export type Endpoint = (typeof endpoints)[number];

/** What is timed: impressions and viewable impressions are beacons. */
export const timedEndpoints = ['ad', 'beacon'] as const;

/** Upper bounds in seconds: an answer takes some hundred microseconds, and a slow disk some hundred milliseconds. */
export const durationBounds = [
  0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;

/** One request in so many is timed. A prime: the requests of a visitor come in a rhythm, and each has its turn. */
export const timedOneIn = 17;

/** Every metric. Each series has the label `machine` beside those named here. */
export const metrics = {
  signpost_requests_total: {
    type: 'counter',
    help: 'Requests to the delivery port, answered in whatever way.',
    labels: { endpoint: endpoints },
  },
  signpost_request_duration_seconds: {
    type: 'histogram',
    help: `Time from reading a request to its answer, its event being written; of one request in ${timedOneIn}.`,
    labels: { endpoint: timedEndpoints },
  },
  signpost_decisions_total: {
    type: 'counter',
    help: 'Decisions for one zone, filled or not.',
    labels: { outcome: ['filled', 'no_fill'] },
  },
  signpost_no_fill_total: {
    type: 'counter',
    help: 'Decisions without an ad, by the reason.',
    labels: { reason: Object.keys(noFillReasons) },
  },
  signpost_events_total: {
    type: 'counter',
    help: 'Events taken, counted or not.',
    labels: { type: Object.keys(eventTypes) },
  },
  signpost_invalid_events_total: {
    type: 'counter',
    help: 'Events that workers marked as invalid traffic, under each of their reasons.',
    labels: { reason: invalidReasonNames },
  },
  signpost_log_events_written_total: { type: 'counter', help: 'Events written to the log.' },
  signpost_log_events_lost_total: {
    type: 'counter',
    help: 'Events that could not be written to the log, and were not acknowledged.',
  },
  signpost_log_writable: {
    type: 'gauge',
    help: '1 while every worker can write its log, 0 where one cannot.',
    over: 'min',
  },
  signpost_workers: { type: 'gauge', help: 'Delivery workers that run.' },
  signpost_location_database_age_seconds: {
    type: 'gauge',
    help: 'Time since the oldest location database in use was built.',
    over: 'max',
  },
  signpost_spool_bytes: { type: 'gauge', help: 'Bytes of the log that wait for ClickHouse.' },
  signpost_spool_limit_bytes: { type: 'gauge', help: 'SPOOL_MAX_BYTES.' },
  signpost_spool_segments: { type: 'gauge', help: 'Files of the log that wait for ClickHouse.' },
  signpost_spool_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest file of the log that waits for ClickHouse; 0 where none does.',
  },
  signpost_spool_given_up_events_total: {
    type: 'counter',
    help: 'Events given up because more than SPOOL_MAX_BYTES waited.',
    labels: { kind: ['page_view', 'money'] },
  },
  signpost_shipped_rows_total: { type: 'counter', help: 'Events that ClickHouse has confirmed.' },
  signpost_shipped_bytes_total: { type: 'counter', help: 'Bytes of the log that ClickHouse has confirmed.' },
  signpost_rejected_lines_total: { type: 'counter', help: 'Lines of the log that could not be read.' },
  signpost_disk_free_bytes: { type: 'gauge', help: "Bytes free on the data directory's disk." },
  signpost_disk_size_bytes: { type: 'gauge', help: "Size of the data directory's disk." },
  signpost_job_lateness_seconds: {
    type: 'gauge',
    help: 'For how long a job has been due without having succeeded; 0 where it is not.',
    labels: { job: 'jobs' },
  },
  signpost_job_runs_total: {
    type: 'counter',
    help: 'Runs of a job in this process, by how they ended.',
    labels: { job: 'jobs', outcome: ['succeeded', 'failed', 'interrupted'] },
  },
  signpost_privacy_problems: {
    type: 'gauge',
    help: 'Places with something that should not be there, by the last privacy reports of all machines.',
    over: 'max',
  },
  signpost_metrics_age_seconds: {
    type: 'gauge',
    help: 'Time since the machine last told its numbers.',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export const metricOf = (name: string): Metric | undefined =>
  Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined;
