import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../database/index.ts';
import { compileSnapshot } from './compile.ts';
import { assetsDirectory, snapshotPath, writeAssets, writeAtomically } from './files.ts';
import { snapshotText } from './snapshot-file.ts';

export interface PublisherOptions {
  readonly db: Kysely<Tables>;
  readonly dataDir: string;
  readonly logger: Logger;
  /** How often the inventory is looked at for changes, in milliseconds. Default 500. */
  readonly pollMs?: number;
}

export interface SnapshotPublisher {
  /**
   * Looks for changes at once. Resolves, when all changes committed before the call are on disk, to true; to false
   * when that failed, which is logged. Never rejects.
   */
  publishNow(): Promise<boolean>;
  /** Resolves when the publishing under way has ended; nothing is published afterwards. */
  stop(): Promise<void>;
}

/** While publishing keeps failing, it is logged this often, in milliseconds. */
const complainEveryMs = 60_000;

/**
 * Keeps `<dataDir>/snapshot.jsonl`, and the images it names in `<dataDir>/assets`, up to date with the inventory: at
 * once where the change was made by this process, by polling where it came from another machine. Images are there
 * before the snapshot that names them. The first round always writes, since the file may be of another database or
 * version of the code. When the database fails, the last snapshot stays as it is.
 */
export function startSnapshotPublisher(options: PublisherOptions): SnapshotPublisher {
  const { pollMs = 500 } = options;
  const round = createRound(options);
  let running: Promise<boolean> | undefined;
  let queued: Promise<boolean> | undefined;
  let stopped = false;

  const start = (): Promise<boolean> => {
    running = round().finally(() => {
      running = undefined;
    });
    return running;
  };
  /** A round that is under way may have read before the change: another one follows it, for all who ask meanwhile. */
  const publishNow = (): Promise<boolean> => {
    if (stopped) return Promise.resolve(false);
    if (running === undefined) return start();
    queued ??= running.then(() => {
      queued = undefined;
      return stopped ? false : start();
    });
    return queued;
  };
  const timer = setInterval(() => {
    if (running === undefined) void start();
  }, pollMs);
  void start();

  return {
    publishNow,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** One look at the inventory, and what follows from it. */
function createRound({ db, dataDir, logger }: PublisherOptions): () => Promise<boolean> {
  const file = snapshotPath(dataDir);
  let published: number | undefined;
  let failing = false;
  let complainedAtMs = 0;

  const publish = async (): Promise<void> => {
    const row = await db.selectFrom('inventory_version').select('version').executeTakeFirstOrThrow();
    if (row.version === published && existsSync(file)) return;
    const snapshot = await compileSnapshot(db);
    await mkdir(dataDir, { recursive: true });
    await writeAssets(db, assetsDirectory(dataDir), snapshot);
    await writeAtomically(file, snapshotText(snapshot));
    published = snapshot.version;
    const { version, zones, lineItems, creatives } = snapshot;
    logger.info(
      { version, zones: zones.length, lineItems: lineItems.length, creatives: creatives.length },
      'Snapshot published',
    );
  };

  return async () => {
    try {
      await publish();
      if (failing) logger.info('Snapshots can be published again');
      failing = false;
      return true;
    } catch (error) {
      if (!failing || Date.now() - complainedAtMs >= complainEveryMs) {
        complainedAtMs = Date.now();
        logger.error({ err: error }, 'The snapshot cannot be published; delivery keeps the last one');
      }
      failing = true;
      return false;
    }
  };
}
