import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'maxmind';
import { defaultGeoDbFiles } from '../../geo-db/index.ts';
import { pick } from '../support/random.ts';
import { countriesWithKnownRegions, knownRegion } from '../system/replay/regions.ts';

export interface Browser {
  readonly userAgent: string;
  readonly name: string;
  readonly version: number;
  readonly os: string;
  readonly osVersion: string;
  readonly device: string;
}

/** Who sends requests: one browser at one address. */
export interface Person {
  readonly address: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly network: string;
  readonly browser: Browser;
  /** As in Accept-Language, and as it is kept. */
  readonly accepts: string;
  readonly language: string;
}

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

/** Made from their facts, so that these are known without reading the header. */
const browserKinds: readonly ((version: number) => Browser)[] = [
  (version) => ({
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/${version}.0.0.0 Safari/537.36`,
    ...{ name: 'Chrome', version, os: 'Windows', osVersion: '10', device: 'desktop' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (Linux; Android 14; K) ${webkit} Chrome/${version}.0.0.0 Mobile Safari/537.36`,
    ...{ name: 'Chrome', version, os: 'Android', osVersion: '14', device: 'mobile' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version - 120}.1 Mobile/15E148 Safari/604.1`,
    ...{ name: 'Mobile Safari', version: version - 120, os: 'iOS', osVersion: '17.5', device: 'mobile' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
    ...{ name: 'Firefox', version, os: 'Linux', osVersion: '', device: 'desktop' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/${version}.0.0.0 Safari/537.36 Edg/${version}.0.0.0`,
    ...{ name: 'Edge', version, os: 'Windows', osVersion: '10', device: 'desktop' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version - 120}.0 Mobile/15E148 Safari/604.1`,
    ...{ name: 'Mobile Safari', version: version - 120, os: 'iOS', osVersion: '16.6', device: 'tablet' },
  }),
  (version) => ({
    userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version - 120}.2 Safari/605.1.15`,
    ...{ name: 'Safari', version: version - 120, os: 'Mac OS', osVersion: '10.15.7', device: 'desktop' },
  }),
];
const versions = [136, 137, 138, 139, 140, 141] as const;
export const browsers: readonly Browser[] = versions.flatMap((version) =>
  browserKinds.map((kind) => kind(version)),
);

export const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const languages = [
  ['en-US,en;q=0.9', 'en-us'],
  ['en-GB', 'en-gb'],
  ['da,en;q=0.5', 'da'],
  ['fr-CA,fr;q=0.9,en;q=0.2', 'fr-ca'],
  ['nl-BE', 'nl-be'],
] as const;

/** The density of the first is highest. */
export function skewed<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(items.length * random() ** 3)] as Item;
}

/** People at addresses of countries whose regions are known without the product; the facts are the database's raw ones. */
export function makePeople(count: number, random: () => number): Person[] {
  const reader = new Reader<Response>(readFileSync(defaultGeoDbFiles()[0] as string));
  const people: Person[] = [];
  const taken = new Set<string>();
  while (people.length < count) {
    const octet = () => Math.floor(random() * 256);
    const network = `${1 + Math.floor(random() * 222)}.${octet()}.${octet()}`;
    const address = `${network}.${1 + Math.floor(random() * 250)}`;
    const record = reader.get(address) as Record<string, string> | null;
    const country = record?.['country_code'] ?? '';
    const browser = skewed(browsers, random);
    if (!countriesWithKnownRegions.includes(country) || taken.has(network)) continue;
    const stateName = record?.['state1'] ?? '';
    if (stateName === '') continue;
    taken.add(network);
    const [accepts, language] = pick(languages, random);
    people.push({
      ...{ address, country, browser, accepts, language },
      region: knownRegion({ address, country, stateName }),
      city: record?.['city'] ?? '',
      network: `${network}.0/24`,
    });
  }
  return people;
}

/** Others of the same network, with browsers of their own. */
export function neighbours(person: Person, count: number): Person[] {
  const [a, b, c] = person.address.split('.');
  return Array.from({ length: count }, (_, at) => ({
    ...person,
    address: `${a}.${b}.${c}.${at + 1}`,
    browser: browsers[at % browsers.length] as Browser,
  }));
}
