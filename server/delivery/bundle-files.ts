import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import { type PackedFile, unpackBundle } from '../inventory/bundle-pack.ts';
import type { AssetFiles } from './assets.ts';
import { sendImmutable } from './immutable-file.ts';
import { sendProblem } from './reply.ts';
import { closedSandbox } from './sandbox.ts';

/** Files of HTML5 bundles. A path of a request is looked up in the bundle's table, and never becomes one on the disk. */
export class BundleFiles {
  readonly #assets: AssetFiles;
  /** By the packed bytes, for as long as those are kept in memory. */
  readonly #unpacked = new WeakMap<Buffer, ReadonlyMap<string, PackedFile>>();

  constructor(assets: AssetFiles) {
    this.#assets = assets;
  }

  /** GET or HEAD /v1/b/<hash>/<path>; `rest` is what follows `/v1/b/`. */
  async answer(request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    const slash = rest.indexOf('/');
    const hash = rest.slice(0, Math.max(slash, 0));
    const path = decoded(rest.slice(slash + 1));
    const file = (await this.#filesOf(hash))?.get(path);
    if (file === undefined) {
      sendProblem(response, new AppError('not_found', 'There is no such file in a bundle.'));
      return;
    }
    const body = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
    const { contentType } = file;
    sendImmutable(request, response, { contentType, body, etag: hash, headers: closedSandbox });
  }

  async #filesOf(hash: string): Promise<ReadonlyMap<string, PackedFile> | undefined> {
    const pack = await this.#assets.bundle(hash);
    if (pack === undefined) return undefined;
    const known = this.#unpacked.get(pack);
    if (known !== undefined) return known;
    try {
      const files = unpackBundle(pack);
      this.#unpacked.set(pack, files);
      return files;
    } catch {
      // Half a file, after the disk was full: as good as none.
      return undefined;
    }
  }
}

/** '' where percent signs are broken: no file has that name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
