import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { AppError, type ErrorCode, errorCatalogue, type Problem } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { localTokenFile, openBackOffice } from '../open-back-office.ts';
import { originOf } from '../public-url.ts';

/** Talks to the back office's API with this machine's token. */
export interface OfficeClient {
  /** @throws AppError with the problem's code, where the answer is not 2xx */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Gives `work` the back office that runs on this machine. Where none runs it opens one for the time being: embedded
 * databases are held by one process alone.
 */
export async function withOffice<Result>(
  settings: Settings,
  work: (office: OfficeClient) => Promise<Result>,
): Promise<Result> {
  const running = await runningOffice(settings);
  if (running !== undefined) return work(running);
  const logger = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
  const office = await openBackOffice({ settings, logger, port: 0, scheduled: false });
  try {
    return await work(clientOf(originOf(settings.HOST, office.port), office.localToken));
  } finally {
    await office.close();
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
