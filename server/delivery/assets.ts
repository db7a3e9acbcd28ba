import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { corsHeaders, send, sendProblem } from './reply.ts';

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
};
const name = /^[0-9a-f]{64}\.(png|jpg|gif|webp|avif)$/;

const maxCachedBytes = 32 * 1024 * 1024;

/** Creatives' images by their content address: what a name stands for never changes, so it may be kept for ever. */
export class AssetFiles {
  readonly #folder: string;
  #cached = new Map<string, Buffer>();
  #cachedBytes = 0;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'assets');
  }

  async answer(response: ServerResponse, asset: string, head: boolean): Promise<void> {
    const extension = name.exec(asset)?.[1];
    const body = extension === undefined ? undefined : await this.#read(asset);
    if (extension === undefined || body === undefined) {
      sendProblem(response, new AppError('not_found', 'There is no such image.'));
      return;
    }
    const headers = [
      ...['Content-Type', types[extension] as string],
      ...['Cache-Control', 'public, max-age=31536000, immutable'],
      ...['X-Content-Type-Options', 'nosniff'],
      ...['Cross-Origin-Resource-Policy', 'cross-origin'],
      ...corsHeaders,
    ];
    if (head) response.writeHead(200, [...headers, 'Content-Length', String(body.length)]).end();
    else send(response, 200, headers, body);
  }

  async #read(asset: string): Promise<Buffer | undefined> {
    const cached = this.#cached.get(asset);
    if (cached !== undefined) return cached;
    try {
      const body = await readFile(join(this.#folder, asset));
      if (this.#cachedBytes + body.length > maxCachedBytes) {
        this.#cached = new Map();
        this.#cachedBytes = 0;
      }
      this.#cached.set(asset, body);
      this.#cachedBytes += body.length;
      return body;
    } catch {
      return undefined;
    }
  }
}
