import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { City } from '@maxmind/geoip2-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createGeoWebService,
  type GeoWebClient,
  type GeoWebService,
  type GeoWebServiceOptions,
  maxmindWebClient,
  openGeoDb,
  parseAddress,
  unknownLocation,
} from '../../geo-db/index.ts';
import { locationOfCity } from '../../geo-db/web-answer.ts';

const munich = {
  continent: { code: 'EU', geoname_id: 1, names: { en: 'Europe' } },
  country: { iso_code: 'DE', is_in_european_union: true, geoname_id: 2, names: { en: 'Germany' } },
  subdivisions: [{ iso_code: 'BY', geoname_id: 3, names: { en: 'Bavaria' } }],
  city: { geoname_id: 4, names: { en: 'Munich', de: 'München' } },
  postal: { code: '80331' },
  location: { latitude: 48.1, longitude: 11.6, accuracy_radius: 5, time_zone: 'Europe/Berlin' },
  traits: {
    ...{ ip_address: '131.159.0.1', network: '131.159.0.0/24', isp: 'LRZ', organization: 'TU München' },
    ...{
      autonomous_system_number: 12816,
      autonomous_system_organization: 'LRZ',
      connection_type: 'Corporate',
    },
    ...{ is_anonymous: true, is_anonymous_vpn: true },
  },
  maxmind: { queries_remaining: 100 },
};
const cityOf = (answer: object) => new City(answer as ConstructorParameters<typeof City>[0]);
const address = (text: string) => parseAddress(text)!;
const tumAddress = '131.159.0.1';
const patience = { timeout: 20_000, interval: 5 };

let service: GeoWebService | undefined;
afterEach(() => service?.close());
const open = (client: GeoWebClient, options: Partial<GeoWebServiceOptions> = {}) => {
  service = createGeoWebService({ client, ...options });
  return service;
};

/** A client whose answers are given by hand. */
function manual() {
  const asked: { address: string; resolve: (city: City) => void; reject: (error: unknown) => void }[] = [];
  const client: GeoWebClient = {
    city: (text) => new Promise((resolve, reject) => asked.push({ address: text, resolve, reject })),
  };
  return { client, asked };
}

it("turns the client's own model into a location", () => {
  expect(locationOfCity(cityOf(munich))).toEqual({
    ...{ continent: 'EU', country: 'DE', isEu: true, region: 'DE-BY', city: 'Munich', postalCode: '80331' },
    ...{ latitude: 48.1, longitude: 11.6, accuracyRadiusKm: 5, timeZone: 'Europe/Berlin' },
    ...{ asn: 12816, asOrganization: 'LRZ', connectionType: 'corporate', isp: 'LRZ' },
    organization: 'TU München',
    anonymous: { vpn: true, hosting: false, publicProxy: false, residentialProxy: false, tor: false },
  });
  expect(locationOfCity(cityOf({}))).toEqual({});
});

describe("MaxMind's client against a server", () => {
  let server: Server;
  let answers: { status: number; body: unknown }[];
  const seen: { url: string | undefined; authorization: string | undefined }[] = [];
  beforeEach(async () => {
    answers = [];
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push({ url: request.url, authorization: request.headers.authorization });
      const { status, body } = answers.shift() ?? { status: 500, body: '' };
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // The client speaks HTTPS alone: on its way out it is led to this server, without TLS.
    const { port } = server.address() as AddressInfo;
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      fetch(url.replace('https://geoip.test/', `http://127.0.0.1:${port}/`), init),
    );
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await new Promise((resolve) => server.close(resolve));
  });
  const client = () =>
    maxmindWebClient({ accountId: '42', licenseKey: 'hunter2', host: 'geoip.test', timeoutMs: 2000 });

  it('asks with the account, once for an address, and keeps the answer', async () => {
    answers.push({ status: 200, body: munich });
    const opened = open(client());
    expect(await opened.ask(address(tumAddress))).toMatchObject({ country: 'DE', region: 'DE-BY' });
    expect(await opened.ask(address(tumAddress))).toMatchObject({ city: 'Munich' });
    expect(seen).toEqual([
      {
        url: '/geoip/v2.1/city/131.159.0.1',
        authorization: `Basic ${Buffer.from('42:hunter2').toString('base64')}`,
      },
    ]);
  });

  it.each([
    [
      'a wrong key',
      401,
      { code: 'AUTHORIZATION_INVALID', error: 'Your key hunter2 is wrong.' },
      'AUTHORIZATION_INVALID',
    ],
    ['no funds', 402, { code: 'INSUFFICIENT_FUNDS', error: 'x' }, 'INSUFFICIENT_FUNDS'],
    ['a fault of the server', 503, 'oops', 'SERVER_ERROR'],
    ['no JSON', 200, '<html>', 'INVALID_RESPONSE_BODY'],
    ['a code that is none', 400, { code: `131.159.0.1 ${'x'.repeat(99)}`, error: 'x' }, 'UNKNOWN'],
  ])('tells of %s by its code alone, and pauses', async (_what, status, body, code) => {
    answers.push({ status, body });
    const problems: unknown[] = [];
    const opened = open(client(), { onState: (problem) => problems.push(problem?.code) });
    const error = await opened.ask(address(tumAddress)).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'GeoWebServiceError', code });
    expect(String(error)).not.toMatch(/hunter2|131\.159/);
    await expect(opened.ask(address('131.159.0.2'))).rejects.toMatchObject({ code });
    expect(opened.lookup(address('131.159.0.3'))).toBeUndefined();
    expect(opened.status()).toMatchObject({ asked: 1, failed: 1, queued: 0 });
    expect(seen).toHaveLength(1);
    expect(problems).toEqual([code]);
  });

  it('takes an address that is not found for an answer', async () => {
    answers.push({ status: 404, body: { code: 'IP_ADDRESS_NOT_FOUND', error: 'no 131.159.0.1' } });
    const opened = open(client());
    expect(await opened.ask(address(tumAddress))).toEqual({});
    expect(opened.lookup(address(tumAddress))).toBeUndefined();
    expect(opened.status()).toMatchObject({ cached: 1, failed: 0, pausedUntilMs: 0 });
    expect(seen).toHaveLength(1);
  });
});

describe('a location database with the web service behind it', () => {
  it('answers at once, and knows the address when the answer has come', async () => {
    const { client, asked } = manual();
    const geo = await openGeoDb({ files: [], webService: open(client) });
    const lookup = () => geo.lookup(address(tumAddress));
    expect(lookup()).toBe(unknownLocation);
    expect(lookup()).toBe(unknownLocation);
    expect(asked.map((request) => request.address)).toEqual([tumAddress]);
    asked[0]?.resolve(cityOf(munich));
    await vi.waitFor(() => expect(lookup().country).toBe('DE'), patience);
    expect(lookup()).toBe(lookup());
    expect(lookup()).toMatchObject({ region: 'DE-BY', asn: 12816, isEu: true });
    expect(asked).toHaveLength(1);
    expect(geo.metadata().webService).toBe(true);
  });

  it('makes one location of equal answers', async () => {
    const geo = await openGeoDb({ files: [], webService: open({ city: async () => cityOf(munich) }) });
    const [one, other] = [address('131.159.0.1'), address('2001:4ca0::1')];
    geo.lookup(one);
    geo.lookup(other);
    await vi.waitFor(() => expect(geo.lookup(other).country).toBe('DE'), patience);
    expect(geo.lookup(one)).toBe(geo.lookup(other));
  });

  it.each(['10.0.0.1', '127.0.0.1', '192.0.2.1', 'fe80::1'])('asks nobody about %s', async (text) => {
    const { client, asked } = manual();
    const opened = open(client);
    const geo = await openGeoDb({ files: [], webService: opened });
    expect(geo.lookup(address(text))).toBe(unknownLocation);
    expect(opened.lookup(address(text))).toBeUndefined();
    expect(await opened.ask(address(text))).toEqual({});
    expect(asked).toEqual([]);
  });
});

describe('the limits of the web service', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => address(`9.0.${i >> 8}.${i & 255}`));
  const clock = () => {
    const time = { nowMs: 1_000_000 };
    return { time, now: () => time.nowMs };
  };

  it('hold so many requests at once, so many in a second, and so many waiting', async () => {
    vi.useFakeTimers();
    try {
      const { client, asked } = manual();
      const opened = open(client, { maxConcurrent: 3, maxPerSecond: 10, maxQueued: 5 });
      for (const each of many(50)) opened.lookup(each);
      expect(asked).toHaveLength(1);
      expect(opened.status().queued).toBe(5);
      await vi.advanceTimersByTimeAsync(100);
      expect(asked).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(asked).toHaveLength(3);
      for (const { resolve } of asked) resolve(cityOf(munich));
      await vi.advanceTimersByTimeAsync(1000);
      expect(asked).toHaveLength(6);
      expect(opened.status().queued).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('let a person go first', async () => {
    const { client, asked } = manual();
    const opened = open(client, { maxConcurrent: 1, maxPerSecond: 1_000_000 });
    for (const each of many(3)) opened.lookup(each);
    const answer = opened.ask(address(tumAddress));
    asked[0]?.resolve(cityOf({}));
    await vi.waitFor(() => expect(asked).toHaveLength(2), patience);
    expect(asked[1]?.address).toBe(tumAddress);
    asked[1]?.resolve(cityOf(munich));
    expect(await answer).toMatchObject({ country: 'DE' });
  });

  it('pause longer after each failure, and end with an answer', async () => {
    const { time, now } = clock();
    let fails = true;
    const states: (string | undefined)[] = [];
    const city = async () => {
      if (fails) throw { code: 'NETWORK_TIMEOUT', error: 'x', url: 'https://…/131.159.0.1' };
      return cityOf(munich);
    };
    const opened = open({ city }, { now, onState: (problem) => states.push(problem?.code) });
    const pauses: number[] = [];
    for (let i = 0; i < 10; i++) {
      await expect(opened.ask(address(tumAddress))).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
      pauses.push(opened.status().pausedUntilMs - time.nowMs);
      time.nowMs = opened.status().pausedUntilMs;
    }
    expect(pauses.map((ms) => ms / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    fails = false;
    expect(await opened.ask(address(tumAddress))).toMatchObject({ country: 'DE' });
    expect(states).toEqual(['NETWORK_TIMEOUT', undefined]);
    expect(opened.status().problem).toBeUndefined();
  });

  it('give an old answer once more while the new one is on its way, and none that is too old', async () => {
    const { time, now } = clock();
    const { client, asked } = manual();
    const opened = open(client, { now, ttlMs: 1000, maxPerSecond: 1_000_000 });
    opened.lookup(address(tumAddress));
    asked[0]?.resolve(cityOf(munich));
    await vi.waitFor(() => expect(opened.lookup(address(tumAddress))?.says.country).toBe('DE'), patience);
    time.nowMs += 1500;
    expect(opened.lookup(address(tumAddress))?.says.country).toBe('DE');
    expect(asked).toHaveLength(2);
    time.nowMs += 1000;
    expect(opened.lookup(address(tumAddress))).toBeUndefined();
    asked[1]?.resolve(cityOf({ country: { iso_code: 'AT' } }));
    await vi.waitFor(() => expect(opened.lookup(address(tumAddress))?.says.country).toBe('AT'), patience);
  });

  it('bound what is kept', async () => {
    const opened = open({ city: async () => cityOf(munich) }, { maxCached: 10, maxPerSecond: 1_000_000 });
    for (const each of many(100)) await opened.ask(each);
    expect(opened.status()).toMatchObject({ cached: 10, asked: 100 });
  });
});
