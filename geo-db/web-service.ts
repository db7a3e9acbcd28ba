import { type City, WebServiceClient } from '@maxmind/geoip2-node';
import { type Address, formatAddress } from './address.ts';
import type { FoundRecord } from './mmdb-file.ts';
import { addressScope } from './network.ts';
import type { PartialLocation } from './record.ts';
import { RequestQueue } from './request-queue.ts';
import { failureOf, isNotFound, locationOfCity } from './web-answer.ts';
import type { GeoWebServiceError } from './web-service-error.ts';

/** What a location database asks of addresses that its files do not know. */
export interface LocationSource {
  /** What is known at this moment; never waits, never throws. */
  lookup(address: Address): FoundRecord | undefined;
}

/** The part of MaxMind's client that is used. */
export interface GeoWebClient {
  city(address: string): Promise<City>;
}

export interface GeoWebServiceOptions {
  readonly client: GeoWebClient;
  /** Requests at the same time. Default: 4. */
  readonly maxConcurrent?: number;
  /** Requests started in a second. Default: 10. */
  readonly maxPerSecond?: number;
  /** Addresses that wait; further ones are not asked about. Default: 1,000. */
  readonly maxQueued?: number;
  /** Answers kept. Default: 20,000. */
  readonly maxCached?: number;
  /**
   * Milliseconds for which an answer is fresh. For as long again it is given out while a newer one is fetched.
   * Default: a day.
   */
  readonly ttlMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Told when the service begins to fail and when it answers again. */
  readonly onState?: (problem: GeoWebServiceError | undefined) => void;
}

export interface GeoWebServiceStatus {
  readonly cached: number;
  readonly queued: number;
  readonly asked: number;
  readonly failed: number;
  /** Milliseconds since 1970 until which nothing is asked after failures; 0: it is asked. */
  readonly pausedUntilMs: number;
  readonly problem: string | undefined;
}

/**
 * MaxMind's web service as a source of locations: https://dev.maxmind.com/geoip/docs/web-services. Sends visitors'
 * addresses to MaxMind, and so is used only where the operator says so. Addresses are kept in memory with their
 * answers, and nowhere else.
 */
export interface GeoWebService extends LocationSource {
  /** The answer that is kept; without one, or with an old one, the address is queued for a request. */
  lookup(address: Address): FoundRecord | undefined;
  /**
   * The service's answer, empty where it knows nothing of the address; a kept one where it is fresh.
   * @throws GeoWebServiceError
   */
  ask(address: Address): Promise<PartialLocation>;
  status(): GeoWebServiceStatus;
  close(): void;
}

/** @param host like `geoip.maxmind.com`, or `geolite.info` for the GeoLite web service, which is free */
export function maxmindWebClient(account: {
  readonly accountId: string;
  readonly licenseKey: string;
  readonly host: string;
  readonly timeoutMs: number;
}): GeoWebClient {
  const { accountId, licenseKey, host, timeoutMs } = account;
  return new WebServiceClient(accountId, licenseKey, { host, timeout: timeoutMs });
}

export function createGeoWebService(options: GeoWebServiceOptions): GeoWebService {
  return new CachedGeoWebService(options);
}

const defaultTtlMs = 86_400_000;
/** An address that is not found today may be assigned tomorrow. */
const notFoundTtlMs = 3_600_000;

interface Kept {
  /** Undefined: the service does not know the address. */
  readonly found: FoundRecord | undefined;
  readonly freshUntilMs: number;
  readonly untilMs: number;
}

/** IPv4 as a number, so that asking for a kept answer makes no string. */
type Key = number | string;

class CachedGeoWebService implements GeoWebService {
  readonly #client: GeoWebClient;
  readonly #now: () => number;
  readonly #ttlMs: number;
  readonly #maxCached: number;
  readonly #queue: RequestQueue<Key, FoundRecord | undefined>;
  /** Oldest first. */
  readonly #kept = new Map<Key, Kept>();
  /** One record for equal answers, so that equal places are one location. */
  #records = new Map<string, FoundRecord>();

  constructor(options: GeoWebServiceOptions) {
    this.#client = options.client;
    this.#now = options.now ?? Date.now;
    this.#ttlMs = options.ttlMs ?? defaultTtlMs;
    this.#maxCached = options.maxCached ?? 20_000;
    this.#queue = new RequestQueue({
      maxConcurrent: options.maxConcurrent ?? 4,
      maxPerSecond: options.maxPerSecond ?? 10,
      maxQueued: options.maxQueued ?? 1000,
      now: this.#now,
      onState: options.onState,
    });
  }

  lookup(address: Address): FoundRecord | undefined {
    const key = keyOf(address);
    const nowMs = this.#now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.freshUntilMs > nowMs) return kept.found;
    if (addressScope(address) === 'public') this.#queue.offer(key, () => this.#fetch(key, address));
    return kept !== undefined && kept.untilMs > nowMs ? kept.found : undefined;
  }

  async ask(address: Address): Promise<PartialLocation> {
    if (addressScope(address) !== 'public') return {};
    const key = keyOf(address);
    const kept = this.#kept.get(key);
    const found =
      kept !== undefined && kept.freshUntilMs > this.#now()
        ? kept.found
        : await this.#queue.demand(key, () => this.#fetch(key, address));
    return found?.says ?? {};
  }

  status(): GeoWebServiceStatus {
    const { queued, asked, failed, pausedUntilMs, problem } = this.#queue.status();
    return { cached: this.#kept.size, queued, asked, failed, pausedUntilMs, problem: problem?.message };
  }

  close(): void {
    this.#queue.close();
  }

  async #fetch(key: Key, address: Address): Promise<FoundRecord | undefined> {
    try {
      const found = this.#record(locationOfCity(await this.#client.city(formatAddress(address))));
      this.#keep(key, found, this.#ttlMs);
      return found;
    } catch (error) {
      if (!isNotFound(error)) throw failureOf(error);
      this.#keep(key, undefined, Math.min(notFoundTtlMs, this.#ttlMs));
      return undefined;
    }
  }

  #record(says: PartialLocation): FoundRecord {
    const text = JSON.stringify(says);
    let record = this.#records.get(text);
    if (record === undefined) {
      if (this.#records.size >= this.#maxCached) this.#records = new Map();
      record = { says, alone: undefined };
      this.#records.set(text, record);
    }
    return record;
  }

  #keep(key: Key, found: FoundRecord | undefined, ttlMs: number): void {
    const nowMs = this.#now();
    this.#kept.delete(key);
    if (this.#kept.size >= this.#maxCached) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(key, { found, freshUntilMs: nowMs + ttlMs, untilMs: nowMs + 2 * ttlMs });
  }
}

function keyOf(address: Address): Key {
  return address.version === 4 ? address.d : formatAddress(address);
}
