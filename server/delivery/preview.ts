import type { Decided, TokenSigner } from './token.ts';

/**
 * A preview shows one creative for a test. Its tokens carry the creative with the highest bit set, which no id has
 * (ids are int4): what is told by them is kept with `not_counted` = `preview`. A preview link holds such a token that
 * names no zone, and so cannot be mistaken for a decision's.
 */
const previewBit = 0x8000_0000;
const idBits = 0x7fff_ffff;

/** A preview link holds for a day. */
export const previewMs = 86_400_000;

export const previewCreative = (creative: number): number => (creative | previewBit) >>> 0;
export const isPreview = ({ creative }: Pick<Decided, 'creative'>): boolean => (creative & previewBit) !== 0;
export const creativeOf = ({ creative }: Pick<Decided, 'creative'>): number => creative & idBits;

/** The value of the parameter `preview` with which a request gets this creative, for a day. */
export function signPreview(signer: TokenSigner, creative: number, nowMs: number): string {
  return signer.sign({
    timeMs: nowMs,
    idHigh: 0,
    idLow: 0,
    site: 0,
    zone: 0,
    advertiser: 0,
    campaign: 0,
    lineItem: 0,
    creative: previewCreative(creative),
    visitor: 0,
    browser: 0,
    country: 0,
  });
}

/** The creative to show; undefined where the text was not signed here for this, or has expired. */
export function previewed(signer: TokenSigner, text: string, nowMs: number): number | undefined {
  const decided = signer.verify(text);
  if (decided === undefined || decided.zone !== 0 || !isPreview(decided)) return undefined;
  return nowMs - decided.timeMs > previewMs ? undefined : creativeOf(decided);
}
