import { createHash } from 'node:crypto';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError } from '../errors.ts';

export const imageContentTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/svg+xml',
] as const;
export type ImageContentType = (typeof imageContentTypes)[number];

const extensions: Readonly<Record<ImageContentType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/svg+xml': 'svg',
};

export const maxImageBytes = 2 * 1024 * 1024;
export const maxImageSidePx = 4096;
/** Of all frames together: what a decoder, ours and the visitor's, must hold. */
const maxImagePixels = 2 * maxImageSidePx * maxImageSidePx;

export interface CheckedImage {
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string;
  readonly contentType: ImageContentType;
  /** In pixels as shown, that is after the orientation that EXIF asks for; of one frame, where it is animated. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** The file of an image, or of a bundle, in the assets folder: `<hash>.<extension>`. */
export function assetFileName(
  hash: string,
  contentType: ImageContentType | 'application/vnd.signpost.bundle',
): string {
  return `${hash}.${contentType === 'application/vnd.signpost.bundle' ? 'bundle' : extensions[contentType]}`;
}

/** Decoding takes memory by the pixel, so one image is decoded at a time. */
let decoding: Promise<unknown> = Promise.resolve();

/**
 * Checks an uploaded image by decoding all of it, an SVG by reading it. What it is, the bytes say; a content type that came along is not
 * looked at.
 * @throws AppError `unsupported_type` for what is no PNG, JPEG, GIF, WebP, AVIF or SVG, `image_broken` where decoding
 * fails, `body_too_large` and `invalid_input` beyond the limits.
 */
export async function checkImage(bytes: Uint8Array): Promise<CheckedImage> {
  if (bytes.byteLength > maxImageBytes) {
    throw new AppError(
      'body_too_large',
      `The image has ${bytes.byteLength} bytes; at most ${maxImageBytes} are allowed.`,
    );
  }
  const contentType = sniff(bytes);
  const task = decoding.then(() => decode(bytes));
  decoding = task.catch(() => undefined);
  const { width, height } = await task;
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { hash, contentType, width, height, bytes };
}

const maxSvgHeadBytes = 65_536;

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** Told apart by their first bytes before any decoder sees them, so that no other of libvips' loaders is reachable. */
function sniff(bytes: Uint8Array): ImageContentType {
  if (bytes.byteLength === 0) throw new AppError('image_broken', 'The image is empty.');
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (ascii(bytes, 0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'image/gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 4, 8) === 'ftyp' && /avi[fs]/.test(ascii(bytes, 8, 40))) return 'image/avif';
  if (isSvg(bytes)) return 'image/svg+xml';
  throw new AppError('unsupported_type', 'The file is no PNG, JPEG, GIF, WebP, AVIF or SVG image.');
}

/**
 * Text whose first element is `svg`. Scripts inside are neither looked for nor harmful: delivery serves it in a sandbox
 * without any, and pages show it as an image, which runs none. A document type is refused: its entities can grow
 * without limit, and name files.
 */
function isSvg(bytes: Uint8Array): boolean {
  const root = firstElement(ascii(bytes, 0, maxSvgHeadBytes));
  if (!/^<(!DOCTYPE|svg[\s/>])/i.test(root)) return false;
  const whole = Buffer.from(bytes).toString('latin1');
  if (!/<svg[\s/>]/i.test(whole)) return false;
  if (/<!(DOCTYPE|ENTITY)/i.test(whole)) {
    throw new AppError(
      'unsupported_type',
      'An SVG image must have no document type (<!DOCTYPE …>): remove it.',
    );
  }
  if (!saysItsSize(root)) {
    throw new AppError('image_broken', 'An SVG image must say its width and height, or have a viewBox.');
  }
  return true;
}

/** What follows an XML declaration and comments. Step by step: one expression for all could take for ever. */
function firstElement(head: string): string {
  let rest = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (rest.startsWith('<?xml')) rest = behind(rest, '?>');
  while (rest.startsWith('<!--')) rest = behind(rest, '-->');
  return rest;
}

function behind(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? '' : text.slice(at + end.length).trimStart();
}

/** Without, the decoder would have to draw everything to find out, which may be more than it can. */
function saysItsSize(root: string): boolean {
  const tag = /^<svg\b[^<>]*/i.exec(root)?.[0] ?? '';
  const length = (name: string) =>
    new RegExp(`\\s${name}\\s*=\\s*["']\\s*[\\d.]+(px|pt|pc|mm|cm|in)?\\s*["']`).test(tag);
  return /\sviewBox\s*=/.test(tag) || (length('width') && length('height'));
}

async function decode(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const image = sharp(bytes, { failOn: 'error', animated: true, limitInputPixels: maxImagePixels });
  const metadata = await read(() => image.metadata());
  const frameHeight = metadata.pageHeight ?? metadata.height;
  if (metadata.width > maxImageSidePx || frameHeight > maxImageSidePx) {
    throw tooLarge(`The image measures ${metadata.width}×${frameHeight} pixels`);
  }
  if (metadata.width * metadata.height > maxImagePixels) {
    throw tooLarge(`The image's frames have ${metadata.width * metadata.height} pixels together`);
  }
  // An SVG can ask for any amount of drawing in a few lines, and is read to its end already: browsers draw it.
  if (metadata.format !== 'svg') await read(() => decodeFully(image));
  return (metadata.pages ?? 1) > 1 ? { width: metadata.width, height: frameHeight } : shownSize(metadata);
}

/** One byte a pixel is enough: what matters is that each of them was decoded. */
function decodeFully(image: Sharp): Promise<Buffer> {
  return image.clone().toColourspace('b-w').raw().toBuffer();
}

function shownSize(metadata: Metadata): { width: number; height: number } {
  return { width: metadata.autoOrient.width, height: metadata.autoOrient.height };
}

async function read<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.includes('pixel limit')) throw tooLarge('The image has too many pixels');
    throw new AppError('image_broken', 'The image is damaged: it cannot be decoded to its end.', {
      cause: error,
    });
  }
}

function tooLarge(what: string): AppError {
  const message = `${what}; at most ${maxImageSidePx}×${maxImageSidePx}, and ${maxImagePixels} over all frames, are allowed.`;
  return new AppError('invalid_input', message, { fields: [{ path: '', message }] });
}
