import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { sendImmutable } from './immutable-file.ts';
import { type HeaderList, sendProblem } from './reply.ts';

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
};
const name = /^([0-9a-f]{64})\.(png|jpg|gif|webp|avif|svg)$/;

/**
 * An SVG is a document when it is opened by itself: in an origin of its own, where nothing runs and nothing is loaded.
 * As an image it runs nothing in any case.
 */
const svgHeaders: HeaderList = [
  'Content-Security-Policy',
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:",
];

const maxCachedBytes = 32 * 1024 * 1024;

export interface Asset {
  readonly hash: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Creatives' files by their content address: what a name stands for never changes, so it may be kept for ever. */
export class AssetFiles {
  readonly #folder: string;
  #cached = new Map<string, Buffer>();
  #cachedBytes = 0;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'assets');
  }

  /** GET or HEAD /v1/a/<hash>.<extension> */
  async answer(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
    const image = await this.image(file);
    if (image === undefined) {
      sendProblem(response, new AppError('not_found', 'There is no such image.'));
      return;
    }
    const { hash, contentType, body } = image;
    const headers = contentType === 'image/svg+xml' ? svgHeaders : [];
    sendImmutable(request, response, { contentType, body, etag: hash, headers });
  }

  /** Undefined where the name is no image's, or the file is not there. */
  async image(file: string): Promise<Asset | undefined> {
    const [, hash, extension] = name.exec(file) ?? [];
    if (hash === undefined || extension === undefined) return undefined;
    const body = await this.#read(file);
    return body && { hash, contentType: types[extension] as string, body };
  }

  /** The packed bundle; the same object for as long as it is kept in memory. @param hash 64 hex digits */
  bundle(hash: string): Promise<Buffer | undefined> {
    return /^[0-9a-f]{64}$/.test(hash) ? this.#read(`${hash}.bundle`) : Promise.resolve(undefined);
  }

  async #read(file: string): Promise<Buffer | undefined> {
    const cached = this.#cached.get(file);
    if (cached !== undefined) return cached;
    try {
      const body = await readFile(join(this.#folder, file));
      if (this.#cachedBytes + body.length > maxCachedBytes) {
        this.#cached = new Map();
        this.#cachedBytes = 0;
      }
      this.#cached.set(file, body);
      this.#cachedBytes += body.length;
      return body;
    } catch {
      return undefined;
    }
  }
}
