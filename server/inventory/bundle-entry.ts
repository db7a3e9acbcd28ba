import { AppError } from '../errors.ts';
import type { ZipContent } from './bundle-zip.ts';

export interface BundleEntry {
  /** Path of the first file. */
  readonly path: string;
  /** What `<meta name="ad.size" content="width=300,height=250">` says. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/**
 * The bundle's first file: `index.html` nearest to its root, or the only HTML file there is.
 * @throws AppError `invalid_input` where neither is there
 */
export function findEntry(files: readonly ZipContent[]): BundleEntry {
  const pages = files.filter(({ contentType }) => contentType.startsWith('text/html'));
  const depth = ({ path }: ZipContent) => path.split('/').length;
  const [index] = pages
    .filter(({ path }) => /(^|\/)index\.html?$/i.test(path))
    .toSorted((one, other) => depth(one) - depth(other));
  const entry = index ?? (pages.length === 1 ? pages[0] : undefined);
  if (entry === undefined) {
    const message = 'The bundle has no index.html.';
    throw new AppError('invalid_input', message, { fields: [{ path: '', message }] });
  }
  return { path: entry.path, size: statedSize(entry.bytes.toString('latin1')) };
}

function statedSize(html: string): BundleEntry['size'] {
  // Tag by tag: one expression for all would take as long as the file's length squared.
  for (const [tag] of html.matchAll(/<meta\b[^<>]{0,1000}>/gi)) {
    if (!/\bname\s*=\s*["']?ad\.size\b/i.test(tag)) continue;
    const [, width, height] = /width\s*=\s*(\d{1,4})\s*,\s*height\s*=\s*(\d{1,4})/i.exec(tag) ?? [];
    if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  }
  return undefined;
}

/**
 * Has the entry load the script that gives it its click URLs, before anything of its own: first in the head, so that
 * a `<base>` does not lead it astray. Works on bytes as Latin-1, which leaves every encoding that extends ASCII as it is.
 */
export function withClickTag({ path, bytes, ...rest }: ZipContent): ZipContent {
  const html = bytes.toString('latin1');
  const up = '../'.repeat(path.split('/').length + 1);
  const script = `<script src="${up}click-tag.js"></script>`;
  const place =
    /<head\b[^>]*>/i.exec(html) ?? /<html\b[^>]*>/i.exec(html) ?? /^\s*<!doctype[^>]*>/i.exec(html);
  const at = place === null ? 0 : place.index + place[0].length;
  return { ...rest, path, bytes: Buffer.from(html.slice(0, at) + script + html.slice(at), 'latin1') };
}
