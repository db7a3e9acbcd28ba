import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(36_500);

/** What jobs keep. */
export const operationSettings = {
  JOB_HISTORY_DAYS: days.default(30).describe('Days for which the record of a job run is kept.'),
};
