import { type Address, formatAddress } from './address.ts';
import { combine, makeLocation } from './combine.ts';
import { type FileList, type GeoDbProblem, Layers } from './layers.ts';
import { type Location, type LocationField, unknownLocation } from './location.ts';
import type { FoundRecord, GeoDbFileInfo } from './mmdb-file.ts';
import { type AddressScope, addressScope } from './network.ts';
import type { PartialLocation } from './record.ts';
import type { LocationSource } from './web-service.ts';

export interface GeoDbOptions {
  /**
   * `.mmdb` files, or who lists them, asked again at each look at the files. Each address is asked of all of them; where
   * two say something of the same field, the earlier file goes first (`combine` says how places go together).
   */
  readonly files: FileList;
  /**
   * Files that are taken as well, after the others, as long as none of the others can be opened and tells of places.
   * With these, a file that cannot be used does not stop the opening. Default: none.
   */
  readonly fallback?: readonly string[];
  /** Milliseconds between two looks at the files; a changed one is opened, checked, and then swapped in. 0: never. */
  readonly watchMs?: number;
  /**
   * Where true, a file that cannot be used does not stop the opening: `onReload` is told, addresses are unknown as far
   * as that file goes, and it is taken when it has changed. Default: false.
   */
  readonly tolerant?: boolean;
  /** Told of each file that was opened or replaced later, and of each that was refused; what served serves on. */
  readonly onReload?: (event: { file: string; error?: Error }) => void;
  /** Asked, last, of public addresses whose country no file tells. Default: nobody. */
  readonly webService?: LocationSource;
}

export interface GeoDb {
  /**
   * Where the address is. An address that is private, reserved or in none of the files is `unknownLocation`. Never
   * throws, never waits.
   */
  lookup(address: Address): Location;
  /** What each file says of the address, and from where each field of its location came. */
  explain(address: Address): GeoDbExplanation;
  metadata(): GeoDbMetadata;
  /** Looks at the files now; resolves when every changed one was swapped in or refused. Never rejects. */
  reload(): Promise<void>;
  close(): void;
}

export interface GeoDbMetadata {
  readonly files: readonly GeoDbFileInfo[];
  /** Build date of the oldest file as a number, like 20260605; 0 without files. */
  readonly build: number;
  /** Build date of the oldest file. */
  readonly buildDate: Date | undefined;
  /** How many changed files were refused since the start. */
  readonly refused: number;
  /** Files that are refused at the moment, and why. */
  readonly problems: readonly GeoDbProblem[];
  /** Whether addresses that no file knows are asked of the web service. */
  readonly webService: boolean;
}

export interface GeoDbExplanation {
  readonly address: string;
  readonly scope: AddressScope;
  readonly location: Location;
  /** The file each known field is from, or `country` where it follows from the country. */
  readonly from: Readonly<Partial<Record<LocationField, string>>>;
  /** Files that have the address, in their order. */
  readonly files: readonly { readonly info: GeoDbFileInfo; readonly says: PartialLocation }[];
}

/**
 * Opens location databases.
 * @throws GeoDbError where a file is missing, is no location database, or is damaged, unless `tolerant`.
 */
export async function openGeoDb(options: GeoDbOptions): Promise<GeoDb> {
  const layers = new Layers(options);
  await layers.open();
  return new LayeredGeoDb(layers, options);
}

const maxCachedCombinations = 50_000;

class LayeredGeoDb implements GeoDb {
  readonly #layers: Layers;
  readonly #webService: LocationSource | undefined;
  #metadata: GeoDbMetadata;
  /** What two records say together, by the first and then the second. */
  #combined = new Map<FoundRecord, Map<FoundRecord, FoundRecord>>();
  #combinations = 0;
  #reloading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(layers: Layers, { watchMs = 0, webService }: GeoDbOptions) {
    this.#layers = layers;
    this.#webService = webService;
    this.#metadata = this.#describe();
    if (watchMs > 0) this.#timer = setInterval(() => void this.reload(), watchMs).unref();
  }

  lookup(address: Address): Location {
    if (addressScope(address) !== 'public') return unknownLocation;
    let record: FoundRecord | undefined;
    for (const file of this.#layers.inUse) {
      const found = file.lookup(address);
      if (found !== undefined) record = record === undefined ? found : this.#combine(record, found);
    }
    if (this.#webService !== undefined && record?.says.country === undefined) {
      const found = this.#webService.lookup(address);
      if (found !== undefined) record = record === undefined ? found : this.#combine(record, found);
    }
    if (record === undefined) return unknownLocation;
    record.alone ??= makeLocation(record.says);
    return record.alone;
  }

  explain(address: Address): GeoDbExplanation {
    const scope = addressScope(address);
    const files: { info: GeoDbFileInfo; says: PartialLocation }[] = [];
    const from: Partial<Record<LocationField, string>> = {};
    let together: PartialLocation = {};
    for (const file of scope === 'public' ? this.#layers.inUse : []) {
      const found = file.lookup(address);
      if (found === undefined) continue;
      files.push({ info: file.info, says: found.says });
      together = combine(together, found.says);
      for (const field of Object.keys(together) as LocationField[]) from[field] ??= file.info.file;
    }
    const location = files.length === 0 ? unknownLocation : makeLocation(together);
    for (const field of ['continent', 'isEu'] as const) {
      if (location[field] !== undefined) from[field] ??= 'country';
    }
    return { address: formatAddress(address), scope, location, from, files };
  }

  metadata(): GeoDbMetadata {
    return this.#metadata;
  }

  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /**
   * After a swap every location is made anew, those of unchanged files too: what others keep by the serial depends on
   * the build date of all files together.
   */
  async #reload(): Promise<void> {
    if (await this.#layers.reload()) {
      for (const file of this.#layers.inUse) file.forget();
      this.#forget();
    }
    this.#metadata = this.#describe();
  }

  #describe(): GeoDbMetadata {
    const files = this.#layers.inUse.map(({ info }) => info);
    const buildDate =
      files.length === 0 ? undefined : new Date(Math.min(...files.map((file) => file.buildDate.getTime())));
    return Object.freeze({
      files,
      build: buildDate === undefined ? 0 : Number(buildDate.toISOString().slice(0, 10).replaceAll('-', '')),
      buildDate,
      refused: this.#layers.refused,
      problems: this.#layers.problems(),
      webService: this.#webService !== undefined,
    });
  }

  #combine(first: FoundRecord, second: FoundRecord): FoundRecord {
    let bySecond = this.#combined.get(first);
    const known = bySecond?.get(second);
    if (known !== undefined) return known;
    const combined: FoundRecord = saysNothing(second)
      ? first
      : { says: combine(first.says, second.says), alone: undefined };
    if (this.#combinations++ >= maxCachedCombinations) this.#forget();
    bySecond = this.#combined.get(first);
    if (bySecond === undefined) {
      bySecond = new Map();
      this.#combined.set(first, bySecond);
    }
    bySecond.set(second, combined);
    return combined;
  }

  #forget(): void {
    this.#combined = new Map();
    this.#combinations = 0;
  }
}

/** Such as a record whose every flag is false. */
function saysNothing({ says }: FoundRecord): boolean {
  return Object.keys(says).length === 0;
}
