import { type DeliveryParts, deliverReports, reportsDue } from '../server/index.ts';
import type { Job } from './job.ts';

export function reportsJob(parts: DeliveryParts): Job {
  return {
    name: 'reports',
    description: 'Sends the scheduled reports that are due, once their numbers are final.',
    schedule: '20 * * * * *',
    plan: ({ now }) => reportsDue(parts, now()),
    run: async (context) => ({ ...(await deliverReports(parts, context)) }),
  };
}
