import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type GeoDb, openGeoDb } from '../../geo-db/index.ts';
import { readTagSources, startDelivery } from '../delivery/index.ts';
import { localSigningKeys } from '../secrets/key-files.ts';
import { type Settings, settingsFromEnvironment } from '../settings/index.ts';
import { reportFailure } from './failure.ts';
import { geoDbSources, geoWebService } from './geo-db-files.ts';
import { createLogger } from './logging.ts';
import { onStop, tellSupervisor } from './messages.ts';
import { portInUse } from './port-in-use.ts';
import { deliveryUrl } from './public-url.ts';

const watchGeoDbMs = 5000;
const sharedKeysWaitMs = 5000;
const sharedKeysRetryMs = 50;
const portRetryMs = 200;
const portWaitMs = 5000;

/** @param firstStart whether a location database that cannot be used ends the start, or only leaves locations unknown */
async function openLocations(settings: Settings, firstStart: boolean, logger: Logger): Promise<GeoDb> {
  const webService = geoWebService(settings, logger);
  return openGeoDb({
    ...geoDbSources(settings),
    watchMs: watchGeoDbMs,
    tolerant: !firstStart,
    ...(webService === undefined ? {} : { webService }),
    onReload: ({ file, error }) => {
      if (error === undefined) logger.info({ file }, 'location database replaced');
      else logger.error({ file, reason: error.message }, 'location database refused');
    },
  });
}

/**
 * A port can still be held, for a moment, by the workers of a supervisor that was killed.
 * @throws AppError `port_in_use`
 */
async function listen(server: Server, { HOST: host, PORT: port }: Settings): Promise<number> {
  const giveUpAt = Date.now() + portWaitMs;
  // `cluster` leaves a listener behind at each try, and Node.js warns of more than ten.
  server.setMaxListeners(0);
  for (;;) {
    try {
      server.listen({ host, port, backlog: 1024 });
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (Date.now() > giveUpAt) throw portInUse('PORT', host, port);
      await new Promise((resolve) => setTimeout(resolve, portRetryMs));
    }
  }
}

/**
 * Where machines share their keys through the database, a fresh one waits a moment for them before it makes its own:
 * tokens of its own nobody else could verify, and its visitors would have other numbers.
 */
async function awaitSharedKeys({ DATA_DIR: dataDir, DATABASE_URL: url }: Settings): Promise<void> {
  const giveUpAt = Date.now() + (url === undefined ? 0 : sharedKeysWaitMs);
  while (localSigningKeys(dataDir).length === 0 && Date.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, sharedKeysRetryMs));
  }
}

async function main(): Promise<void> {
  const settings = settingsFromEnvironment();
  const logger = createLogger(settings, 'delivery');
  const firstStart = process.argv.includes('--first-start');
  const geo = await openLocations(settings, firstStart, logger);
  await awaitSharedKeys(settings);
  const { tag, ...scripts } = await readTagSources();
  const publicUrl = deliveryUrl(settings);
  const delivery = await startDelivery({ settings, publicUrl, geo, tag, scripts, logger });
  onStop(() => void delivery.close().then(() => process.exit(0)));
  const port = await listen(delivery.server, settings);
  tellSupervisor({ kind: 'ready', port });
}

main().catch(reportFailure);
