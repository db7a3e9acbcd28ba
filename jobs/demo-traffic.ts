import { type DemoTrafficParts, sendDemoTraffic } from '../server/index.ts';
import type { Job } from './job.ts';

const visitsEachRun = 5;

/** For showing what reports look like: makes numbers that nobody visited for. */
export function demoTrafficJob(parts: DemoTrafficParts): Job {
  return {
    name: 'demo-traffic',
    description: 'Visits the demo site as browsers of many places do.',
    schedule: '*/10 * * * * *',
    mayTakeMs: 60_000,
    run: async ({ signal }) => ({ ...(await sendDemoTraffic(parts, visitsEachRun, signal)) }),
    plan: async () => ({ pageViews: visitsEachRun }),
  };
}
