import type { Logger } from 'pino';
import { AnalyticsError, type ClickHouse, migrateClickHouse, openClickHouse } from '../../analytics/index.ts';

export interface LateOptions {
  readonly url: string | undefined;
  readonly dataDir: string;
  /** Where embedded ClickHouse may write backups. */
  readonly backupDir?: string;
  readonly logger: Logger;
  /** Whether to bring the tables up to date, which is the back office's to do. */
  readonly migrate: boolean;
  /** Milliseconds between two tries to open it. Default: 2000. */
  readonly retryMs?: number;
}

/**
 * ClickHouse that may be down when the back office starts: calls reject with `clickhouse_unavailable` until it could
 * be opened, which is tried again and again.
 * @throws AnalyticsError where trying again cannot help: too old, or its tables were changed
 */
export async function openLateClickHouse(options: LateOptions): Promise<ClickHouse> {
  const late = new LateClickHouse(options);
  await late.open();
  return late;
}

class LateClickHouse implements ClickHouse {
  readonly kind: ClickHouse['kind'];
  readonly #options: LateOptions;
  #opened: ClickHouse | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LateOptions) {
    this.#options = options;
    this.kind = options.url === undefined ? 'embedded' : 'http';
  }

  get version(): string {
    return this.#opened?.version ?? '';
  }

  async open(): Promise<void> {
    const { url, dataDir, backupDir, logger, migrate, retryMs = 2000 } = this.#options;
    let clickhouse: ClickHouse | undefined;
    try {
      clickhouse = await openClickHouse({
        url,
        dataDir,
        logger,
        ...(backupDir === undefined ? {} : { backupDir }),
      });
      if (migrate) await migrateClickHouse(clickhouse, logger);
      if (this.#closed) await clickhouse.close();
      else this.#opened = clickhouse;
    } catch (error) {
      await clickhouse?.close();
      if (!(error instanceof AnalyticsError) || !error.retryable) throw error;
      logger.warn({ reason: error.message }, 'ClickHouse cannot be used yet; events wait in the log');
      if (!this.#closed) this.#timer = setTimeout(() => void this.#tryAgain(), retryMs);
    }
  }

  async #tryAgain(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.logger.error({ reason }, 'ClickHouse cannot be used; events wait in the log');
    }
  }

  #use(): ClickHouse {
    if (this.#opened !== undefined) return this.#opened;
    throw new AnalyticsError('clickhouse_unavailable', 'ClickHouse could not be reached since the start.');
  }

  async query<Row>(...call: Parameters<ClickHouse['query']>): Promise<Row[]> {
    return this.#use().query<Row>(...call);
  }

  async queryFile(...call: Parameters<ClickHouse['queryFile']>): Promise<void> {
    return this.#use().queryFile(...call);
  }

  async command(...call: Parameters<ClickHouse['command']>): Promise<void> {
    return this.#use().command(...call);
  }

  async insertFile(...call: Parameters<ClickHouse['insertFile']>): Promise<void> {
    return this.#use().insertFile(...call);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#opened?.close();
  }
}
