import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { sentValuesPath } from '../audience/index.ts';
import type { Tables } from '../database/index.ts';
import { writeAtomically } from '../inventory/index.ts';
import { dropOldValues, valuesVersion, waitingValues } from './store.ts';

export interface SentValuesPublisher {
  /** Resolves when the file has all that was sent before the call; logs what fails, and never rejects. */
  publishNow(): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 1000;
const sweepEveryMs = 3_600_000;

/**
 * Keeps the values that advertisers' servers sent in a file for this machine's workers, once a second where there are new
 * ones, however many, and drops those that nobody came for. While the database is down the file stays as it is.
 */
export function startSentValuesPublisher(
  { db, dataDir, logger }: { db: Kysely<Tables>; dataDir: string; logger: Logger },
  now: () => number = Date.now,
): SentValuesPublisher {
  const file = sentValuesPath(dataDir);
  let published: number | undefined;
  let sweptAtMs = 0;
  let failing = false;
  const round = async (): Promise<void> => {
    try {
      if (now() - sweptAtMs >= sweepEveryMs) {
        await dropOldValues(db, now());
        sweptAtMs = now();
      }
      const version = await valuesVersion(db);
      if (version !== published || !existsSync(file)) {
        await mkdir(dataDir, { recursive: true });
        const lines = (await waitingValues(db)).map((line) => `${JSON.stringify(line)}\n`);
        await writeAtomically(file, lines.join(''), 0o600);
        published = version;
      }
      failing = false;
    } catch (error) {
      if (!failing) logger.error({ err: error }, "Advertisers' values cannot be brought to the workers");
      failing = true;
    }
  };
  let last = round();
  const publishNow = () => {
    last = last.then(round);
    return last;
  };
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    void publishNow().then(() => {
      idle = true;
    });
  }, pollMs);
  return {
    publishNow,
    async stop() {
      clearInterval(timer);
      await last;
    },
  };
}
