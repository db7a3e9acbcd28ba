import { stat } from 'node:fs/promises';
import type { Address } from './address.ts';
import { type Location, unknownLocation } from './location.ts';
import { type GeoDbFileInfo, MmdbFile } from './mmdb-file.ts';
import { addressScope } from './network.ts';
import type { PartialLocation } from './record.ts';

export interface GeoDbOptions {
  /**
   * `.mmdb` files. Each address is asked of all of them; where two say something of the same field, the earlier file
   * goes first.
   */
  readonly files: readonly string[];
  /** Milliseconds between two looks at the files; a changed one is opened, checked, and then swapped in. 0: never. */
  readonly watchMs?: number;
  /**
   * Where true, a file that cannot be used does not stop the opening: `onReload` is told, addresses are unknown as far
   * as that file goes, and it is taken when it has changed. Default: false.
   */
  readonly tolerant?: boolean;
  /** Told of each replaced file, and of each that was refused; the old one serves on. */
  readonly onReload?: (event: { file: string; error?: Error }) => void;
}

export interface GeoDb {
  /**
   * Where the address is. An address that is private, reserved or in none of the files is `unknownLocation`. Never
   * throws, never waits.
   */
  lookup(address: Address): Location;
  metadata(): GeoDbMetadata;
  /** Looks at the files now; resolves when every changed one was swapped in or refused. */
  reload(): Promise<void>;
  close(): void;
}

export interface GeoDbMetadata {
  readonly files: readonly GeoDbFileInfo[];
  /** Build date of the oldest file as a number, like 20260605; 0 without files. */
  readonly build: number;
  /** How many changed files were refused since the start. */
  readonly refused: number;
}

/**
 * Opens location databases.
 * @throws GeoDbError where a file is missing, is no location database, or is damaged, unless `tolerant`.
 */
export async function openGeoDb(options: GeoDbOptions): Promise<GeoDb> {
  const layers = await Promise.all(options.files.map((path) => openLayer(path, options)));
  return new LayeredGeoDb(layers, options);
}

async function openLayer(path: string, options: GeoDbOptions): Promise<Layer> {
  const seen = await stamp(path);
  try {
    return { path, file: await MmdbFile.open(path), seen };
  } catch (error) {
    if (options.tolerant !== true) throw error;
    options.onReload?.({ file: path, error: error as Error });
    return { path, file: undefined, seen };
  }
}

interface Layer {
  readonly path: string;
  file: MmdbFile | undefined;
  /** Size and time of the file as it was opened, or as it was last refused. */
  seen: string;
}

const maxCachedCombinations = 50_000;

let nextSerial = unknownLocation.serial + 1;

class LayeredGeoDb implements GeoDb {
  readonly #layers: Layer[];
  readonly #options: GeoDbOptions;
  #refused = 0;
  #metadata: GeoDbMetadata;
  /** Locations made of two files, by what the first says and then the second. */
  #combined = new Map<Location, Map<PartialLocation, Location>>();
  #combinations = 0;
  #reloading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(layers: Layer[], options: GeoDbOptions) {
    this.#layers = layers;
    this.#options = options;
    this.#metadata = this.#describe();
    if (options.watchMs !== undefined && options.watchMs > 0) {
      this.#timer = setInterval(() => void this.reload(), options.watchMs).unref();
    }
  }

  lookup(address: Address): Location {
    if (addressScope(address) !== 'public') return unknownLocation;
    let location = unknownLocation;
    for (const layer of this.#layers) {
      const found = layer.file?.lookup(address);
      if (found === undefined) continue;
      if (location === unknownLocation) {
        found.alone ??= this.#make(found.says);
        location = found.alone;
      } else {
        location = this.#combine(location, found.says);
      }
    }
    return location;
  }

  metadata(): GeoDbMetadata {
    return this.#metadata;
  }

  reload(): Promise<void> {
    this.#reloading ??= this.#reloadChanged().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #reloadChanged(): Promise<void> {
    for (const layer of this.#layers) {
      const now = await stamp(layer.path);
      if (now === layer.seen || now === missing) continue;
      try {
        layer.file = await MmdbFile.open(layer.path);
        this.#forget();
        this.#metadata = this.#describe();
        this.#options.onReload?.({ file: layer.path });
      } catch (error) {
        this.#refused++;
        this.#metadata = this.#describe();
        this.#options.onReload?.({ file: layer.path, error: error as Error });
      }
      layer.seen = now;
    }
  }

  #describe(): GeoDbMetadata {
    const files = this.#layers.flatMap(({ file }) => (file === undefined ? [] : [file.info]));
    const builds = files.map(({ buildDate }) =>
      Number(buildDate.toISOString().slice(0, 10).replaceAll('-', '')),
    );
    return Object.freeze({
      files,
      build: builds.length === 0 ? 0 : Math.min(...builds),
      refused: this.#refused,
    });
  }

  #make(...says: readonly PartialLocation[]): Location {
    return Object.freeze(Object.assign({}, unknownLocation, ...says, { serial: nextSerial++ }) as Location);
  }

  #combine(location: Location, says: PartialLocation): Location {
    let bySecond = this.#combined.get(location);
    const known = bySecond?.get(says);
    if (known !== undefined) return known;
    const first = Object.fromEntries(Object.entries(location).filter(([, value]) => value !== undefined));
    const combined = this.#make(says, first);
    if (this.#combinations++ >= maxCachedCombinations) this.#forget();
    bySecond = this.#combined.get(location);
    if (bySecond === undefined) {
      bySecond = new Map();
      this.#combined.set(location, bySecond);
    }
    bySecond.set(says, combined);
    return combined;
  }

  #forget(): void {
    this.#combined = new Map();
    this.#combinations = 0;
  }
}

const missing = 'missing';

async function stamp(file: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return missing;
  }
}
