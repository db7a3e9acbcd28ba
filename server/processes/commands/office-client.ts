import { existsSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { AppError, type ErrorCode, errorCatalogue, type Problem } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { type BackOffice, localTokenFile, openBackOffice } from '../open-back-office.ts';
import { originOf } from '../public-url.ts';

/** Talks to the back office's API with this machine's token. */
export interface OfficeClient {
  /** @throws AppError with the problem's code, where the answer is not 2xx */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Gives `work` the back office that runs on this machine. Where none runs it opens one for the time being: embedded
 * databases are held by one process alone.
 * @throws AppError where there is nothing to open, or a back office holds the data directory and does not answer
 */
export async function withOffice<Result>(
  settings: Settings,
  work: (office: OfficeClient) => Promise<Result>,
): Promise<Result> {
  const running = await runningOffice(settings);
  if (running !== undefined) return work(running);
  const office = await openForNow(settings);
  try {
    return await work(clientOf(originOf(settings.HOST, office.port), office.localToken));
  } finally {
    await office.close();
  }
}

async function openForNow(settings: Settings): Promise<BackOffice> {
  if (settings.DATABASE_URL === undefined && !existsSync(settings.DATA_DIR)) {
    const detail = `There is no data directory ${settings.DATA_DIR}. Run "signpost start" first, or set DATA_DIR.`;
    throw new AppError('not_found', detail);
  }
  const logger = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
  try {
    return await openBackOffice({ settings, logger, port: 0, scheduled: false });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'data_dir_in_use') throw error;
    const origin = originOf(settings.HOST, settings.CONSOLE_PORT);
    const detail = `Signpost runs on ${settings.DATA_DIR}, but does not answer at ${origin}. Are HOST and CONSOLE_PORT what it was started with?`;
    throw new AppError('data_dir_in_use', detail, { cause: error });
  }
}

async function runningOffice(settings: Settings): Promise<OfficeClient | undefined> {
  let token: string;
  try {
    token = readFileSync(localTokenFile(settings.DATA_DIR), 'utf8');
  } catch {
    return undefined;
  }
  const client = clientOf(originOf(settings.HOST, settings.CONSOLE_PORT), token);
  try {
    await client.fetch('/demo');
    return client;
  } catch {
    return undefined;
  }
}

function clientOf(origin: string, token: string): OfficeClient {
  return {
    async fetch(path, init = {}) {
      const headers = { ...init.headers, Authorization: `Bearer ${token}` };
      const response = await fetch(`${origin}/api/v1${path}`, { ...init, headers });
      if (response.ok) return response;
      const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
      const code: ErrorCode =
        problem !== undefined && problem.code in errorCatalogue ? problem.code : 'internal';
      throw new AppError(code, problem?.detail ?? `The back office answered ${response.status}.`);
    },
  };
}
