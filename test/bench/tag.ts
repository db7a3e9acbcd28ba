import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Figures } from './main.ts';

/** The page tag as it goes over the wire. */
export async function benchTag(print: (line: string) => void): Promise<Figures> {
  const tag = readFileSync(new URL('../../server/tag/tag.js', import.meta.url));
  const packed = gzipSync(tag, { level: 9 }).length;
  print(`${tag.length} bytes, ${packed} with gzip`);
  return { tag_gzip_bytes: packed };
}
