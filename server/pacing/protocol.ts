/**
 * What workers and the controller tell each other. All numbers are sums since the worker began, so that a message can
 * be lost, repeated or read late, and the next one still says everything.
 */

/** One line item in a worker's report. */
export interface ReportedItem {
  readonly id: number;
  /** What the worker knows to have been granted. */
  readonly granted: number;
  /** Ads handed out. */
  readonly used: number;
  /** What ran out unused. */
  readonly returned: number;
  /** Counted events that came to this worker, whoever decided. */
  readonly impressions: number;
  /** Those impressions that came within `promptMs` of their decision. */
  readonly prompt: number;
  readonly viewable: number;
  readonly clicks: number;
}

export interface WorkerReport {
  readonly worker: string;
  readonly atMs: number;
  readonly items: readonly ReportedItem[];
}

export interface LeasedItem {
  readonly id: number;
  /** All that was ever granted to this worker. */
  readonly granted: number;
  /** What is unused then runs out. */
  readonly untilMs: number;
  /** The planned rate of this worker, in ads per second. */
  readonly pace: number;
}

export interface WorkerLeases {
  readonly worker: string;
  readonly items: readonly LeasedItem[];
}

/** An impression within this time of its decision is prompt. */
export const promptMs = 120_000;

/** @throws Error where the text is not a report */
export function parseReport(text: string): WorkerReport {
  return parsed<WorkerReport>(text, 'report');
}

/** @throws Error where the text holds no leases */
export function parseLeases(text: string): WorkerLeases {
  return parsed<WorkerLeases>(text, 'leases');
}

function parsed<Message extends WorkerReport | WorkerLeases>(text: string, what: string): Message {
  const value = JSON.parse(text) as Partial<Message> | null;
  if (typeof value?.worker !== 'string' || !Array.isArray(value.items)) {
    throw new Error(`this is no pacing ${what}`);
  }
  return value as Message;
}
