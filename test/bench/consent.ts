import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CookieKeys } from '../../server/audience/index.ts';
import { workerFlags } from '../../server/delivery/worker-flags.ts';
import { snapshotPath, snapshotText } from '../../server/inventory/index.ts';
import { cookieRing, readSigningKeys } from '../../server/secrets/index.ts';
import { locatedAddresses } from '../support/addresses.ts';
import { manyLineItems } from '../support/inventory.ts';
import { pick, seededRandom } from '../support/random.ts';
import { userAgents } from '../support/user-agents.ts';
import { type Answer, answerTo } from './answer-to.ts';
import { grantLeases } from './lease-grants.ts';
import type { LoadResult } from './load-client.ts';
import { VisitorMaker, withAudience } from './made-visitors.ts';
import type { Figures } from './main.ts';
import { type BenchServer, load, median, startServer, usageOf } from './processes.ts';

const connections = 64;
const visitorsPerRound = 100_000;
const pacedRounds = 5;
const pacedMs = 1500;
const samples = 100;

/**
 * `/v1/ad` for visitors who have consented, refused or said nothing, each with cookies of their own, against a bare
 * `node:http` server that gets the same requests and sends the same bytes. Each visitor comes once; then some come again.
 */
export async function benchConsent(print: (line: string) => void, visitors = 1_000_000): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const inventory = withAudience(manyLineItems(10_000, seededRandom(3)), seededRandom(5));
  writeFileSync(snapshotPath(dataDir), snapshotText(inventory));
  const keys = new CookieKeys(readSigningKeys(dataDir, cookieRing));
  const random = seededRandom(7);
  const maker = new VisitorMaker(inventory, keys, 'http://127.0.0.1:8080', random);
  const heads = headMaker(maker, random);
  const files: string[] = [];
  const madeAt = performance.now();
  let sample: readonly string[] = [];
  for (let made = 0; made < visitors; made += visitorsPerRound) {
    const requests = Array.from({ length: Math.min(visitorsPerRound, visitors - made) }, heads);
    if (made === 0) sample = requests.slice(0, samples);
    const file = join(folder, `visitors-${files.length}.json`);
    writeFileSync(file, JSON.stringify(requests));
    files.push(file);
  }
  print(`${visitors} visitors made in ${((performance.now() - madeAt) / 1000).toFixed(0)} s`);

  const servers: BenchServer[] = [];
  let grant: { stop(): Promise<void> } | undefined;
  try {
    const worker = await startServer('./delivery-server.js', dataDir, workerFlags);
    servers.push(worker);
    grant = await grantLeases(dataDir);
    const answers: Answer[] = [];
    for (const head of sample) answers.push(await answerTo(worker.port, head));
    print(shares(answers));
    const answersFile = join(folder, 'answers.json');
    writeFileSync(answersFile, JSON.stringify(answers));
    const bare = await startServer('./bare-server.js', answersFile);
    servers.push(bare);
    return await measure(worker, bare, files, print);
  } finally {
    await grant?.stop();
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes requests, each of another visitor. */
function headMaker(maker: VisitorMaker, random: () => number): () => string {
  const addresses = locatedAddresses(20_000, random);
  const browsers = userAgents(200);
  const nowMs = Date.now();
  return () => {
    const { query, headers } = maker.next(nowMs);
    const zone = 1 + Math.floor(random() * 50);
    return [
      `GET /v1/ad?zone=${zone}${query} HTTP/1.1`,
      ...['Host: 127.0.0.1:8080', `User-Agent: ${pick(browsers, random)}`],
      ...[
        `X-Forwarded-For: ${pick(addresses, random).address}`,
        'Accept: */*',
        'Accept-Language: en-US,en;q=0.9',
      ],
      ...['Accept-Encoding: gzip, deflate', 'Referer: https://news.example.com/', ...headers, '', ''],
    ].join('\r\n');
  };
}

function shares(answers: readonly Answer[]): string {
  const setting = answers.filter(({ headers }) => headers.includes('Set-Cookie')).length;
  const filled = answers.filter(({ body }) => !body.includes('"creative":null')).length;
  return `of ${answers.length} answers ${filled} have an ad, ${setting} set a cookie`;
}

async function measure(
  worker: BenchServer,
  bare: BenchServer,
  files: readonly string[],
  print: (line: string) => void,
): Promise<Figures> {
  const kinds = { ad: worker, bare } as const;
  const results = { ad: [] as Measured[], bare: [] as Measured[] };
  const first = files[0] as string;
  for (const { port } of [worker, bare]) {
    await load({ port, connections, durationMs: 2000, requestsFile: first });
  }
  for (const requestsFile of files) {
    for (const kind of ['ad', 'bare'] as const) {
      const server = kinds[kind];
      const before = await usageOf(server);
      const order = { port: server.port, connections, durationMs: 60_000, requestsFile, once: true };
      const result = await load(order);
      const { cpuUs } = await usageOf(server);
      if (result.failed > 0) throw new Error(`${kind}: ${result.failed} requests failed`);
      results[kind].push({ ...result, cpuUs: (cpuUs - before.cpuUs) / result.requests });
    }
  }
  const rate = (kind: keyof typeof kinds) => median(results[kind].map(({ perSecond }) => perSecond));
  const half = rate('ad') / 2;
  const p99 = { ad: [] as number[], bare: [] as number[] };
  for (let round = 0; round < pacedRounds; round++) {
    const requestsFile = files[round % files.length] as string;
    const order = { connections, durationMs: pacedMs, requestsFile, rate: half };
    for (const kind of ['ad', 'bare'] as const) {
      p99[kind].push((await load({ ...order, port: kinds[kind].port })).p99Us);
    }
  }
  const { rssBytes } = await usageOf(worker);
  for (const kind of ['ad', 'bare'] as const) {
    const requests = results[kind].reduce((sum, one) => sum + one.requests, 0);
    const cpuUs = median(results[kind].map((result) => result.cpuUs)).toFixed(1);
    print(
      `${kind.padEnd(6)} ${requests} requests, ${rate(kind)} a second, ${cpuUs} µs of processor time each`,
    );
  }
  print(`p99 at ${Math.round(half)} requests/s: ${median(p99.ad)} µs, bare ${median(p99.bare)} µs`);
  return {
    ad_consented_vs_bare: rate('ad') / rate('bare'),
    ad_consented_p99_vs_bare: median(p99.ad) / median(p99.bare),
    consented_worker_rss_mb: rssBytes / 1e6,
  };
}

/** A load's result, and the server's processor time for a request. */
type Measured = LoadResult & { readonly cpuUs: number };
