import { lookEverywhere, problemsOf, type ScanParts } from '../server/index.ts';
import type { Job } from './job.ts';

/** Looks through all stores, once a day; those of a machine that only delivers are its own files. */
export function privacyReportJob(parts: ScanParts, timeZone: string): Job {
  return {
    name: 'privacy-report',
    description:
      'Looks through databases, log, archive and backups for addresses and e-mail addresses that should not be there, and for what is older than it is kept for.',
    schedule: '0 7 5 * * *',
    timeZone,
    mayTakeMs: parts.scanMs + 30 * 60_000,
    run: async (context) => {
      const scan = await lookEverywhere(parts, context);
      const problems = problemsOf(scan);
      if (problems > 0)
        context.logger.error({ problems }, 'something is stored that should not be: see the privacy report');
      const looked = scan.stores.reduce((sum, { scannedParts }) => sum + scannedParts, 0);
      return { parts: looked, problems };
    },
  };
}
