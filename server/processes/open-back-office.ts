import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import express, { type ErrorRequestHandler } from 'express';
import helmet from 'helmet';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { parseRates } from '../../analytics/index.ts';
import { parseTrustedProxies } from '../../geo-db/index.ts';
import { allJobs, DatabaseRunStore, jobProblems, Scheduler, SharedLedger } from '../../jobs/index.ts';
import {
  type Access,
  Attempts,
  authorize,
  createAdminLink,
  createAuthenticator,
  type MailParts,
  resealSecondFactors,
} from '../accounts/index.ts';
import { createApi, previewRoutes, welcomeUrl } from '../api/index.ts';
import { CookieKeys } from '../audience/index.ts';
import { createConsoleRouter, createDemoRouter } from '../console/index.ts';
import { openDatabase, type Tables } from '../database/index.ts';
import { TokenSigner } from '../delivery/index.ts';
import { seedDemoInventory } from '../demo/inventory/index.ts';
import { demoLive } from '../demo/live.ts';
import { AppError, problemOf } from '../errors.ts';
import { explainRoute, healthRoute } from '../explaining/index.ts';
import { forecastRoute } from '../forecasting/index.ts';
import { locationRoutes } from '../geo/index.ts';
import { deliveryPlans, startSnapshotPublisher } from '../inventory/index.ts';
import {
  letterOf,
  MemberKeys,
  type MemberServices,
  memberRoutes,
  membersRouter,
  settleMembers,
} from '../members/index.ts';
import { MachineWatch, metricsRouter, otherMachines } from '../metrics/index.ts';
import {
  databaseCheck,
  jobRoutes,
  jobsCheck,
  machineOfficeChecks,
  Readiness,
  readinessRouter,
  replayRoute,
  systemRoute,
  tagCheckRoute,
} from '../operations/index.ts';
import { PacingOffice } from '../pacing/index.ts';
import { privacyCheck, privacyRoutes, storedProblems } from '../privacy/index.ts';
import {
  invalidTrafficRoutes,
  liveRoute,
  openLateClickHouse,
  ReportMaker,
  reportRoutes,
  savedReportRoutes,
  scheduleRoutes,
  shareRoutes,
} from '../reporting/index.ts';
import {
  cookieRing,
  localSealingKeys,
  localSigningKeys,
  parseSealingKeys,
  readSigningKeys,
  type Sealer,
  sealerOf,
  syncDayKeys,
  syncSigningKeys,
} from '../secrets/index.ts';
import type { Settings } from '../settings/index.ts';
import { transferRoutes } from '../transfer/index.ts';
import { startSentValuesPublisher, visitorValueRoutes } from '../visitor-values/index.ts';
import { backupDirOf, backupParts } from './backup-settings.ts';
import { listenEarly, stopServing } from './early-server.ts';
import { geoDbUpdater, geoWebService } from './geo-db-files.ts';
import { lazyGeoDb } from './lazy-geo-db.ts';
import { takeLock } from './lock.ts';
import { archiveDirs, logKeeping } from './log-keeping.ts';
import { memberKeyPlaces, memberPages } from './member-places.ts';
import { privacyParts } from './privacy-parts.ts';
import { consoleUrl, deliveryUrl, originOf } from './public-url.ts';
import { reportPlaces } from './report-places.ts';
import { networkOf, senderOf } from './sender-of.ts';

/**
 * Each page sets its own policy. What browsers take over TLS alone, or what would bind all of the operator's domain, is
 * for the proxy that adds TLS to send.
 */
const headersWithoutTls = {
  contentSecurityPolicy: false,
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
} as const;

/** Who may read metrics, where a key is asked for. */
const metricsReaders: Access = { area: 'operations', roles: { admin: 'all', adops: 'all' } };

export interface BackOfficeOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** 0: any free one. */
  readonly port: number;
  /** Whether jobs run by their schedules; without, only when asked for. */
  readonly scheduled: boolean;
}

export interface BackOffice {
  readonly port: number;
  /** For this machine's command line, in place of an API key. */
  readonly localToken: string;
  /** A new link for the first administrator; undefined where there is one already. */
  adminLink(): Promise<string | undefined>;
  /** Whether there is demo inventory. */
  readonly demo: boolean;
  close(): Promise<void>;
}

/** Where this machine's command line finds the token of the back office that runs. */
export const localTokenFile = (dataDir: string) => join(dataDir, 'local-token');

/**
 * Opens the databases and serves API and demo page. The one place where all parts of the back office are put together.
 * @throws AppError, AnalyticsError where a part cannot be opened
 */
export async function openBackOffice({
  settings,
  logger,
  port,
  scheduled,
}: BackOfficeOptions): Promise<BackOffice> {
  const dataDir = settings.DATA_DIR;
  const unlock = takeLock(dataDir, 'back-office');
  const closing: (() => unknown)[] = [unlock];
  let server: Server | undefined;
  const close = async () => {
    await stopServing(server);
    for (const step of closing.reverse()) await step();
    closing.length = 0;
  };
  try {
    // First of all: a port that is in use is found out before anything is opened.
    server = await listenEarly(settings.HOST, port);
    const boundPort = (server.address() as AddressInfo).port;
    const consoleAt = consoleUrl(settings, boundPort);
    const { db, close: closeDatabase } = await openDatabase({ url: settings.DATABASE_URL, dataDir, logger });
    closing.push(closeDatabase);
    const clickhouse = await openLateClickHouse({
      url: settings.CLICKHOUSE_URL,
      dataDir,
      backupDir: backupDirOf(settings),
      logger,
      migrate: true,
    });
    closing.push(() => clickhouse.close());
    await syncDayKeys(db, dataDir, Date.now());
    await syncSigningKeys(db, dataDir, Date.now());
    const sealer = await openSealer(settings, db, logger);
    const memberKeys = await MemberKeys.open({ ...memberKeyPlaces(settings), sealer });
    closing.push(() => memberKeys.close());
    await settleMembers({ db, keys: memberKeys });
    if (await seedDemoInventory(db)) logger.info('demo inventory made');
    const publisher = startSnapshotPublisher({ db, dataDir, logger });
    closing.push(() => publisher.stop());

    const sentValues = startSentValuesPublisher({ db, dataDir, logger });
    closing.push(() => sentValues.stop());

    const pacing = new PacingOffice({ db, dataDir, logger });
    closing.push(() => pacing.stop());

    const scratchDir = await emptyScratch(dataDir);
    const plans = deliveryPlans(db);
    const { K_ANONYMITY: kAnonymity, CURRENCY: currency } = settings;
    const maker = new ReportMaker({ clickhouse, scratchDir, plans, kAnonymity, currency });
    const places = reportPlaces(settings);
    const store = new DatabaseRunStore(db);
    const rates = {
      clicks: parseRates(settings.CLICK_RATES),
      impressions: parseRates(settings.IMPRESSION_RATES),
      networkClicks: parseRates(settings.NETWORK_CLICK_RATES),
    };
    const locations = geoDbUpdater(settings);
    const { log, shipped } = logKeeping(settings);
    const keptDays = {
      events: settings.EVENTS_DAYS,
      rollups: settings.ROLLUP_DAYS,
      runs: settings.JOB_HISTORY_DAYS,
      audit: settings.AUDIT_LOG_DAYS,
    };
    const reports = { db, maker, places, scratchDir };
    const pageOf = memberPages(settings);
    const mails: MailParts = {
      ...{ db, mail: places.mail, urlOf: (token: string) => welcomeUrl(consoleAt, token) },
      memberLetter: (queued, nowMs) => letterOf({ db, keys: memberKeys, pageOf }, queued, nowMs),
    };
    const jobs = allJobs({
      db,
      clickhouse,
      dataDir,
      store,
      locations,
      rates,
      pacing,
      reports,
      mails,
      members: {
        ...{ db, keys: memberKeys },
        ...{ signInDays: settings.MEMBER_ADDRESS_DAYS, proofDays: settings.MEMBER_PROOF_DAYS },
      },
      log,
      keptDays,
      timeZone: settings.JOBS_TIME_ZONE,
      privacy: privacyParts(settings, { db, clickhouse }),
      backup: backupParts(settings, { db, clickhouse }),
      backupAt: settings.BACKUP_AT,
      demoTraffic:
        settings.DEMO_TRAFFIC === 'off'
          ? undefined
          : { db, deliveryOrigin: localDelivery(settings), random: Math.random },
    });
    const scheduler = new Scheduler({ jobs, store, logger, shared: new SharedLedger(db) });
    closing.push(() => scheduler.stop());
    const watch = new MachineWatch({
      ...{ dataDir, logger, shipped, machine: hostname() },
      spoolLimitBytes: settings.SPOOL_MAX_BYTES,
      jobs: () => scheduler.states(),
      privacyProblems: async () => (await storedProblems(db))?.problems,
    });
    closing.push(() => watch.stop());
    const localToken = randomBytes(32).toString('base64url');
    const geo = lazyGeoDb(settings, logger);
    const webService = geoWebService(settings, logger);
    closing.push(() => webService?.close());
    const live = demoLive({ db, clickhouse, geo, now: Date.now });
    const members: MemberServices = {
      ...{ db, keys: memberKeys, attempts: new Attempts(), keptAddress: settings.MEMBER_ADDRESS },
      wakeMails: () => void scheduler.runNow('mail'),
    };
    const authenticate = createAuthenticator(db, localToken);
    const readiness = new Readiness([
      () => databaseCheck(db),
      () => machineOfficeChecks(watch.state(), Date.now()),
      () => jobsCheck(jobProblems(scheduler.states(), Date.now()), jobs.length),
      () => privacyCheck(db, Date.now()),
    ]);
    const app = express();
    app.disable('x-powered-by');
    app.use(helmet(headersWithoutTls));
    app.use(
      '/api/v1',
      createApi({
        db,
        logger,
        publicUrl: deliveryUrl(settings),
        consoleUrl: consoleAt,
        localToken,
        sealer,
        addressOf: senderOf(settings.TRUST_PROXY),
        networkOf: networkOf(settings.TRUST_PROXY),
        ...(places.mail === undefined ? {} : { mails: { wake: () => void scheduler.runNow('mail') } }),
        inventoryChanged: () => void publisher.publishNow(),
        currency,
        approval: settings.CREATIVE_APPROVAL,
        sensitiveInterests: settings.INTEREST_SENSITIVE,
        routes: [
          ...reportRoutes(maker),
          liveRoute({ clickhouse, now: Date.now }),
          ...savedReportRoutes({ db, maker, now: Date.now }),
          ...shareRoutes({ db, maker, now: Date.now, kAnonymity }),
          ...scheduleRoutes({
            ...{ db, maker, places, now: Date.now },
            wake: () => void scheduler.runNow('reports'),
          }),
          ...invalidTrafficRoutes(clickhouse),
          explainRoute({
            db,
            standings: (items, nowMs) => pacing.standings(items, nowMs),
            geo,
            now: Date.now,
          }),
          healthRoute({
            ...{ db, clickhouse, now: Date.now },
            standings: (items, nowMs) => pacing.standings(items, nowMs),
          }),
          forecastRoute({ db, clickhouse, maker, now: Date.now }),
          ...transferRoutes({
            ...{ db, approval: settings.CREATIVE_APPROVAL },
            inventoryChanged: () => void publisher.publishNow(),
          }),
          ...memberRoutes({
            ...{ services: members, publicUrl: deliveryUrl(settings), kAnonymity: settings.K_ANONYMITY },
            geo,
          }),
          tagCheckRoute({ db, clickhouse, now: Date.now }),
          ...jobRoutes(db, scheduler),
          systemRoute({
            ...{ db, clickhouse, readiness },
            embeddedDatabase: settings.DATABASE_URL === undefined,
            machine: () => watch.state(),
          }),
          replayRoute({ clickhouse, archiveDirs: archiveDirs(settings), scratchDir: dataDir, logger }),
          ...privacyRoutes({ db, settings }),
          ...previewRoutes({ db }, () => new TokenSigner(readSigningKeys(dataDir))),
          ...visitorValueRoutes({
            db,
            keys: () => new CookieKeys(readSigningKeys(dataDir, cookieRing)),
            now: Date.now,
          }),
          ...locationRoutes({ geo, webService, updater: locations, jobs: scheduler, now: Date.now }),
        ],
      }),
    );
    app.use(
      '/v1/members',
      membersRouter({ services: members, logger, keys: () => localSigningKeys(dataDir) }),
    );
    app.use(
      metricsRouter({
        machine: hostname(),
        samples: () => watch.samples(),
        others: () => otherMachines(db),
        networks: parseTrustedProxies(settings.METRICS_NETWORKS),
        authenticate: async (request) => authorize(await authenticate(request), metricsReaders, 'get'),
      }),
    );
    app.use(readinessRouter(readiness));
    app.use(createDemoRouter({ ...live, deliveryOrigin: () => localDelivery(settings) }));
    app.use(createConsoleRouter({ deliveryOrigin: new URL(deliveryUrl(settings)).origin }));
    app.use(() => {
      throw new AppError('not_found', 'There is nothing at this address.');
    });
    app.use(answerError(logger));
    server.removeAllListeners('request').on('request', app);
    writeFileSync(localTokenFile(dataDir), localToken, { mode: 0o600 });
    if (scheduled) {
      scheduler.start();
      void scheduler.runNow('location-database');
    }
    const demo = (await live.demoZones()) !== null;
    return {
      port: boundPort,
      localToken,
      async adminLink() {
        const link = await createAdminLink(db);
        return link && welcomeUrl(consoleAt, link.token);
      },
      demo,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Secrets that an older key has sealed are sealed anew. */
async function openSealer(
  { SEALING_KEYS: text, DATA_DIR: dataDir }: Settings,
  db: Kysely<Tables>,
  logger: Logger,
): Promise<Sealer> {
  const keys = text === undefined ? undefined : parseSealingKeys(text);
  const sealer = sealerOf(keys ?? localSealingKeys(dataDir));
  const { resealed, lost } = await resealSecondFactors(db, sealer);
  if (resealed > 0) logger.info({ resealed }, 'secrets sealed with the new key');
  if (lost > 0) {
    logger.warn({ lost }, 'second factors that no sealing key opens: their users need a recovery code');
  }
  return sealer;
}

/** Where reports are while they are made; what a process that was killed left there is removed. */
async function emptyScratch(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'scratch');
  await rm(directory, { recursive: true, force: true });
  return directory;
}

function localDelivery({ HOST: host, PORT: port }: Settings): string {
  return originOf(host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port);
}

/** Express tells an error handler by its four parameters. */
function answerError(logger: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const known =
      error instanceof AppError ? error : new AppError('internal', 'The request failed.', { cause: error });
    if (known.status >= 500)
      logger.error({ method: request.method, err: known.cause ?? known }, 'console request failed');
    if (response.headersSent) response.destroy();
    else
      response
        .status(known.status)
        .type('application/problem+json')
        .send(JSON.stringify(problemOf(known)));
  };
}
