import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerFlags } from '../../server/delivery/worker-flags.ts';
import { snapshotPath, snapshotText } from '../../server/inventory/index.ts';
import { locatedAddresses } from '../support/addresses.ts';
import { manyLineItems } from '../support/inventory.ts';
import { pick, seededRandom } from '../support/random.ts';
import { userAgents } from '../support/user-agents.ts';
import { answerTo } from './answer-to.ts';
import { grantLeases } from './lease-grants.ts';
import type { LoadOrder, LoadResult } from './load-client.ts';
import type { Figures } from './main.ts';
import { type BenchServer, load, median, startServer, usageOf } from './processes.ts';

const rounds = 9;
const connections = 64;
const durationMs = 1500;

/** `/v1/ad` and the impression beacon against bare `node:http` servers that send the same bytes, one worker each. */
export async function benchDelivery(print: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const random = seededRandom(7);
  const addresses = locatedAddresses(20_000, random);
  const browsers = userAgents(200);
  const head = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: ${pick(browsers, random)}\r\n` +
    `X-Forwarded-For: ${pick(addresses, random).address}\r\nAccept: */*\r\nAccept-Language: en-US,en;q=0.9\r\n` +
    'Accept-Encoding: gzip, deflate\r\nReferer: https://news.example.com/\r\n\r\n';

  const grants: { stop(): Promise<void> }[] = [];
  const start = async (lineItems: number) => {
    const dataDir = join(folder, String(lineItems));
    mkdirSync(dataDir);
    writeFileSync(snapshotPath(dataDir), snapshotText(manyLineItems(lineItems, seededRandom(3))));
    const server = await startServer('./delivery-server.js', dataDir, workerFlags);
    grants.push(await grantLeases(dataDir));
    return server;
  };
  const ads = Array.from({ length: 50_000 }, () => head(`/v1/ad?zone=${1 + Math.floor(random() * 50)}`));
  const adsFile = join(folder, 'ads.json');
  writeFileSync(adsFile, JSON.stringify(ads));

  const ten = await start(10_000);
  const hundred = await start(100_000);
  try {
    const startBare = async (name: string, path: string) => {
      const answersFile = join(folder, `${name}.json`);
      writeFileSync(answersFile, JSON.stringify([await answerTo(ten.port, sampleHead(path))]));
      return startServer('./bare-server.js', answersFile);
    };
    const bareAd = await startBare('bare-ad', '/v1/ad?zone=1');
    const tokens = await impressionPaths(
      ten.port,
      20_000,
      addresses.map(({ address }) => address),
      browsers,
    );
    const impressionsFile = join(folder, 'impressions.json');
    writeFileSync(impressionsFile, JSON.stringify(tokens.map((path) => head(path))));
    const bareImpression = await startBare('bare-impression', tokens[0] as string);

    const run = (server: BenchServer, requestsFile: string, extra: Partial<LoadOrder> = {}) =>
      load({ port: server.port, connections, durationMs, requestsFile, ...extra });
    for (const server of [ten, hundred, bareAd]) await run(server, adsFile, { durationMs: 2000 });

    const kinds = {
      ad: [ten, adsFile],
      ad100k: [hundred, adsFile],
      bareAd: [bareAd, adsFile],
      impression: [ten, impressionsFile],
      bareImpression: [bareImpression, impressionsFile],
    } as const;
    const names = Object.keys(kinds) as (keyof typeof kinds)[];
    const results = Object.fromEntries(names.map((kind) => [kind, [] as Measured[]])) as Record<
      keyof typeof kinds,
      Measured[]
    >;
    for (let round = 0; round < rounds; round++) {
      for (const kind of names) {
        const [server, requestsFile] = kinds[kind];
        const before = await usageOf(server);
        const result = await run(server, requestsFile);
        const { cpuUs } = await usageOf(server);
        if (result.failed > 0) throw new Error(`${kind}: ${result.failed} requests failed`);
        results[kind].push({ ...result, cpuUs: (cpuUs - before.cpuUs) / result.requests });
      }
    }
    const rate = (kind: keyof typeof kinds) => median(results[kind].map(({ perSecond }) => perSecond));
    const half = rate('ad') / 2;
    const p99 = { ad: [] as number[], bare: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      p99.ad.push((await run(ten, adsFile, { rate: half })).p99Us);
      p99.bare.push((await run(bareAd, adsFile, { rate: half })).p99Us);
    }
    const { rssBytes } = await usageOf(ten);
    for (const kind of names) {
      const cpuUs = median(results[kind].map((result) => result.cpuUs)).toFixed(1);
      print(`${kind.padEnd(16)} ${rate(kind)} requests/s, ${cpuUs} µs of processor time each`);
    }
    print(`p99 at ${Math.round(half)} requests/s: ${median(p99.ad)} µs, bare ${median(p99.bare)} µs`);
    bareAd.stop();
    bareImpression.stop();
    return {
      ad_vs_bare: rate('ad') / rate('bareAd'),
      ad_100k_vs_10k: rate('ad100k') / rate('ad'),
      impression_vs_bare: rate('impression') / rate('bareImpression'),
      ad_p99_vs_bare: median(p99.ad) / median(p99.bare),
      worker_rss_mb: rssBytes / 1e6,
    };
  } finally {
    for (const grant of grants) await grant.stop();
    ten.stop();
    hundred.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A load's result, and the server's processor time for a request. */
type Measured = LoadResult & { readonly cpuUs: number };

const sampleHead = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n`;

/** Paths of impression beacons of fresh decisions. */
async function impressionPaths(
  port: number,
  count: number,
  addresses: readonly string[],
  browsers: readonly string[],
): Promise<string[]> {
  const zones = Array.from({ length: 50 }, (_, at) => at + 1).join(',');
  const paths: string[] = [];
  for (let at = 0; paths.length < count; at++) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/ad?zones=${zones}`, {
      headers: {
        'X-Forwarded-For': addresses[at % addresses.length] as string,
        'User-Agent': browsers[at % browsers.length] as string,
      },
    });
    const answers = (await response.json()) as { impressionUrl: string | null }[];
    for (const { impressionUrl } of answers)
      if (impressionUrl !== null) paths.push(new URL(impressionUrl).pathname);
  }
  return paths.slice(0, count);
}
