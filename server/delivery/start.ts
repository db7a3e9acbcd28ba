import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parseRates, SpoolWriter } from '../../analytics/index.ts';
import { type GeoDb, parseNetworks, parseTrustedProxies } from '../../geo-db/index.ts';
import { Audience, SentValues, sentValuesPath } from '../audience/index.ts';
import { readSnapshot } from '../inventory/snapshot-file.ts';
import { TimeSlices } from '../inventory/time-slices.ts';
import { WorkerCounters } from '../metrics/worker-counters.ts';
import { startWorkerExchange, type WorkerExchange } from '../metrics/worker-exchange.ts';
import { startLeaseExchange, workerName } from '../pacing/lease-exchange.ts';
import { cookieRing, readSigningKeys, signingKeysFile } from '../secrets/key-files.ts';
import type { Settings } from '../settings/index.ts';
import { AdState } from './ad-state.ts';
import { AssetFiles } from './assets.ts';
import { BrowserReader } from './browser.ts';
import { BundleFiles } from './bundle-files.ts';
import { ClientReader } from './client.ts';
import { ConversionActions } from './conversion-actions.ts';
import type { Delivery } from './delivery.ts';
import { createDeliveryServer } from './http-server.ts';
import { EventRates } from './invalid-traffic/event-rates.ts';
import { readHostingAsns } from './invalid-traffic/hosting-list.ts';
import { RequestMarks, type StaffCheck } from './invalid-traffic/request-marks.ts';
import { InventoryIndex } from './inventory-index.ts';
import { prepareTagFiles, type TagSources } from './tag-files.ts';
import { TokenSigner } from './token.ts';
import { DailyVisitors } from './visitor.ts';
import { watchFile } from './watched-file.ts';

export interface DeliveryStart {
  readonly settings: Settings;
  readonly publicUrl: string;
  readonly geo: GeoDb;
  readonly tag: Buffer;
  /** The scripts that go with the tag; without, a tag that needs them shows what it can without. */
  readonly scripts?: Partial<Omit<TagSources, 'tag'>>;
  readonly logger: Logger;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
  readonly random?: () => number;
  /** Tells who is signed in to this Signpost. Default: nobody. */
  readonly isStaff?: StaffCheck;
}

export interface RunningDelivery {
  /** Not listening yet. */
  readonly server: Server;
  /** Answers what is under way, then seals the log. */
  close(): Promise<void>;
}

const watchEveryMs = 500;
/** Requests wait no longer than this for a new inventory to be made ready. */
const sliceMs = 5;

/** One worker's delivery: serves from the files of the data directory, and picks up each change of theirs. */
export async function startDelivery(start: DeliveryStart): Promise<RunningDelivery> {
  const { settings, geo, logger, publicUrl } = start;
  const dataDir = settings.DATA_DIR;
  const spool = new SpoolWriter({
    directory: join(dataDir, 'spool'),
    sync: settings.SPOOL_SYNC,
    syncMs: settings.SPOOL_SYNC_MS,
    segmentBytes: settings.SPOOL_SEGMENT_BYTES,
    segmentMs: settings.SPOOL_SEGMENT_MS,
    onState: (error) => {
      if (error === undefined) logger.warn('the event log is being written again');
      else
        logger.error(
          { reason: error.message },
          'the event log cannot be written; ads go on, events are lost',
        );
    },
  });
  const worker = workerName();
  const audience = new Audience(settings, publicUrl, readSigningKeys(dataDir, cookieRing));
  let metrics: WorkerExchange | undefined;
  const delivery: Delivery = {
    publicUrl,
    inventory: undefined,
    conversions: new ConversionActions(undefined),
    signer: new TokenSigner(readSigningKeys(dataDir)),
    clients: new ClientReader(
      parseTrustedProxies(settings.TRUST_PROXY),
      geo,
      new BrowserReader(),
      new DailyVisitors(dataDir),
      new RequestMarks({
        internalNetworks: parseNetworks(settings.INTERNAL_NETWORKS),
        hostingAsns: readHostingAsns(settings.HOSTING_ASNS),
        isStaff: start.isStaff,
      }),
      audience,
    ),
    audience,
    rates: new EventRates({
      clicks: parseRates(settings.CLICK_RATES),
      impressions: parseRates(settings.IMPRESSION_RATES),
    }),
    spool,
    counters: new WorkerCounters(spool),
    machine: () => metrics?.machine(),
    ads: new AdState(worker),
    now: start.now ?? Date.now,
    random: start.random ?? Math.random,
  };
  const stopWatching = await Promise.all([
    watchFile(
      join(dataDir, 'snapshot.jsonl'),
      watchEveryMs,
      async (content) => {
        const slices = new TimeSlices(sliceMs);
        const snapshot = await readSnapshot(content, slices);
        delivery.inventory = await InventoryIndex.inSlices(snapshot, publicUrl, slices);
        delivery.ads.bind(snapshot.lineItems);
        audience.setInventory(snapshot);
        delivery.conversions = new ConversionActions(snapshot);
        logger.info({ version: snapshot.version }, 'inventory snapshot loaded');
      },
      (error) =>
        logger.error(
          { reason: error.message },
          'the inventory snapshot cannot be read; the old one serves on',
        ),
    ),
    watchFile(
      signingKeysFile(dataDir),
      watchEveryMs,
      () => {
        delivery.signer = new TokenSigner(readSigningKeys(dataDir));
      },
      (error) =>
        logger.error({ reason: error.message }, 'the signing keys cannot be read; the old ones serve on'),
    ),
    watchFile(
      signingKeysFile(dataDir, cookieRing),
      watchEveryMs,
      () => audience.setKeys(readSigningKeys(dataDir, cookieRing)),
      (error) =>
        logger.error({ reason: error.message }, "the cookies' keys cannot be read; the old ones serve on"),
    ),
    watchFile(
      sentValuesPath(dataDir),
      watchEveryMs,
      async (content) => {
        audience.sentValues = await SentValues.read(content, new TimeSlices(sliceMs));
      },
      (error) =>
        logger.error({ reason: error.message }, "advertisers' values cannot be read; the old ones stay"),
    ),
  ]);
  const leases = await startLeaseExchange({
    dataDir,
    worker,
    accounts: delivery.ads.leases,
    now: delivery.now,
    onError: (error) =>
      logger.error({ reason: error.message }, 'leases cannot be exchanged; what is leased is used up'),
  });
  metrics = startWorkerExchange({
    ...{ dataDir, worker, geo, counters: delivery.counters, now: delivery.now },
    log: () => spool.status(),
  });
  const none = Buffer.alloc(0);
  const tags = prepareTagFiles({
    more: none,
    consent: none,
    frame: none,
    clickTag: none,
    ...start.scripts,
    tag: start.tag,
  });
  const assets = new AssetFiles(dataDir);
  const bundles = new BundleFiles(assets);
  const { server, close } = createDeliveryServer({ delivery, geo, assets, bundles, tags });
  return {
    server,
    close: async () => {
      for (const stop of stopWatching) stop();
      await close();
      await leases.stop();
      await metrics?.stop();
      spool.close();
    },
  };
}
