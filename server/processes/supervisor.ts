import { mkdirSync } from 'node:fs';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Settings } from '../settings/index.ts';
import { KeptChild, plainChild, portSharingChild } from './child.ts';
import { takeLock } from './lock.ts';
import { createLogger } from './logging.ts';
import type { ChildMessage } from './messages.ts';
import type { Role } from './roles.ts';
import { welcome } from './welcome.ts';

/** Codes of what goes by itself: delivery serves meanwhile, and the back office is started again until it works. */
const passing: ReadonlySet<ErrorCode> = new Set(['database_unavailable', 'clickhouse_unavailable']);

const stopWorkersMs = 8000;
const stopBackOfficeMs = 15_000;

/**
 * Runs Signpost until a signal ends it: the delivery workers and the back office (on a machine for delivery alone,
 * the agent that brings it inventory and carries its log away) as processes of their own, each started again when it
 * ends.
 * @throws AppError where the data directory is in use, or a child says at its first start that it cannot work
 */
export async function supervise(settings: Settings, role: Role): Promise<void> {
  checkRole(settings, role);
  mkdirSync(settings.DATA_DIR, { recursive: true });
  const unlock = takeLock(settings.DATA_DIR, 'signpost');
  const logger = createLogger(settings, 'supervisor');
  const workers: KeptChild[] = [];
  let office: KeptChild | undefined;
  const stopAll = async () => {
    office?.retire();
    // Workers first: what they still write, the back office can still ship.
    await Promise.all(workers.map((worker) => worker.stop(stopWorkersMs)));
    await office?.stop(stopBackOfficeMs);
    unlock();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const greeting = welcome(settings, role);
      const listenTo = (who: 'worker' | 'office') => (message: ChildMessage, firstStart: boolean) => {
        if (message.kind === 'ready') greeting.ready(who, message);
        else if (firstStart && !passing.has(message.code)) reject(new AppError(message.code, message.detail));
        else logger.error({ code: message.code, detail: message.detail }, `${who} cannot start`);
      };
      if (role !== 'backoffice') {
        const script = new URL('./delivery-worker.js', import.meta.url);
        for (let i = 0; i < settings.WORKERS; i++) {
          workers.push(new KeptChild(portSharingChild(`worker ${i}`, script), logger, listenTo('worker')));
        }
      }
      const script = new URL(
        role === 'delivery' ? './delivery-agent.js' : './back-office.js',
        import.meta.url,
      );
      office = new KeptChild(plainChild('back office', script), logger, listenTo('office'));
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
  } finally {
    await stopAll();
  }
}

function checkRole(settings: Settings, role: Role): void {
  if (role === 'all') return;
  const missing = (['DATABASE_URL', 'CLICKHOUSE_URL'] as const).filter((key) => settings[key] === undefined);
  if (missing.length === 0) return;
  const fields = missing.map((key) => ({ path: key, message: `${key} is not set` }));
  const detail = `--role ${role} splits Signpost over machines, which needs servers that all of them reach: set ${missing.join(' and ')}.`;
  throw new AppError('settings_invalid', detail, { fields });
}
