import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openGeoDb, parseAddress } from '../../../geo-db/index.ts';
import { type DownloadSource, maxmindSources, urlSource } from '../../../geo-db/update/source.ts';
import {
  GeoDbUpdater,
  type GeoDbUpdaterOptions,
  type UpdateOutcome,
} from '../../../geo-db/update/updater.ts';
import { mmdb } from '../../support/mmdb-writer.ts';
import { seededRandom } from '../../support/random.ts';
import { DownloadServer } from './download-server.ts';
import { tar } from './tar-writer.ts';

export const secret = 'hunter2';
export const day = 86_400;
/** Build time of the first version. */
export const builtS = 1_790_000_000;

/** A database that puts 9.0.0.0/8 into one country. */
export function database(country: string, buildEpochS = builtS, type = 'GeoLite2-City'): Buffer {
  return mmdb({
    ...{ type, recordSize: 24, ipVersion: 6, buildEpochS },
    networks: { '9.0.0.0/8': { country: { iso_code: country } } },
  });
}

/** As MaxMind packs it: a folder with licence, copyright and the database. */
export function archive(content: Uint8Array, padding = 0): Buffer {
  const random = seededRandom(7);
  return gzipSync(
    tar([
      { name: 'GeoLite2-City_20261120/', type: '5' },
      {
        name: 'GeoLite2-City_20261120/LICENSE.txt',
        content: Buffer.from(Array.from({ length: padding + 100 }, () => Math.floor(random() * 256))),
      },
      { name: 'GeoLite2-City_20261120/GeoLite2-City.mmdb', content },
    ]),
  );
}

export interface Setup {
  readonly server: DownloadServer;
  readonly folder: string;
  readonly clock: { nowMs: number };
  updater(sources: readonly DownloadSource[], options?: Partial<GeoDbUpdaterOptions>): GeoDbUpdater;
  /** An updater for one edition. */
  edition(options?: Partial<GeoDbUpdaterOptions>): GeoDbUpdater;
  /** An updater for `/city.mmdb` and the like. */
  url(path: string, options?: Partial<GeoDbUpdaterOptions>): GeoDbUpdater;
  run(updater: GeoDbUpdater, demand?: { force: boolean }): Promise<readonly UpdateOutcome[]>;
  /** Country that the file of this name gives; undefined where there is no such file. */
  country(name?: string): Promise<string | undefined>;
  /** Names in the folder. */
  files(): string[];
  close(): Promise<void>;
}

export async function setUp(): Promise<Setup> {
  const server = await DownloadServer.start();
  const root = mkdtempSync(join(tmpdir(), 'signpost-update-'));
  const folder = join(root, 'geo');
  const clock = { nowMs: (builtS + day) * 1000 };
  server.kept = () => statSync(join(folder, '.GeoLite2-City.part'), { throwIfNoEntry: false })?.size ?? 0;
  const updater: Setup['updater'] = (sources, options = {}) =>
    new GeoDbUpdater({ folder, sources, retryMs: 5, idleMs: 10_000, ...options });
  const account = { accountId: '42', licenseKey: secret, origin: server.origin };
  return {
    ...{ server, folder, clock, updater },
    edition: (options) => updater(maxmindSources({ ...account, editions: ['GeoLite2-City'] }), options),
    url: (path, options) => updater([urlSource(server.origin + path)], options),
    run: (which, demand) => {
      if (demand !== undefined) which.demand(demand);
      return which.run({ now: () => clock.nowMs, signal: new AbortController().signal });
    },
    country: async (name = 'GeoLite2-City') => {
      const file = `${name}.mmdb`;
      if (!filesOf(folder).includes(file)) return undefined;
      const geo = await openGeoDb({ files: [join(folder, file)] });
      return geo.lookup(parseAddress('9.1.1.1')!).country;
    },
    files: () => filesOf(folder),
    close: async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
