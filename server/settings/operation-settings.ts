import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(36_500);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** When jobs run, and for how long things are kept. */
export const operationSettings = {
  JOBS_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be an IANA time zone, like Europe/Berlin' })
    .default('UTC')
    .describe('Time zone of the jobs that run at night.'),
  EVENTS_DAYS: days
    .default(400)
    .describe(
      'Days for which raw events are kept. Reports of what is older come from the sums made of them; visitors and invalid traffic are read from raw events and end there.',
    ),
  ROLLUP_DAYS: days
    .default(3660)
    .describe('Days for which the sums are kept that reports are made from; they go by whole months.'),
  JOB_HISTORY_DAYS: days.default(30).describe('Days for which the record of a job run is kept.'),
};

/** What one setting needs of another. */
export function checkOperationSettings(
  settings: { readonly EVENTS_DAYS: number; readonly ROLLUP_DAYS: number },
  context: z.RefinementCtx,
): void {
  if (settings.ROLLUP_DAYS >= settings.EVENTS_DAYS) return;
  const message = 'must not be less than EVENTS_DAYS';
  context.addIssue({ code: 'custom', path: ['ROLLUP_DAYS'], message });
}
