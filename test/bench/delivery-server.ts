/** One delivery worker alone, on the data directory in its argument, with the default location database. */
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { defaultGeoDbFiles, openGeoDb } from '../../geo-db/index.ts';
import { startDelivery } from '../../server/delivery/index.ts';
import { parseSettings } from '../../server/settings/index.ts';
import { answerUsage } from './processes.ts';

const settings = parseSettings({ DATA_DIR: process.argv[2] });
const geo = await openGeoDb({ files: defaultGeoDbFiles() });
const delivery = await startDelivery({
  settings,
  publicUrl: 'http://127.0.0.1:8080',
  geo,
  tag: Buffer.alloc(0),
  logger: pino({ level: 'error' }),
});
answerUsage();
process.on('disconnect', () => process.exit(0));
delivery.server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (delivery.server.address() as AddressInfo).port });
});
