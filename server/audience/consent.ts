import { textField } from '../../analytics/index.ts';
import { type ConsentPurpose, consentPurposes, purposes } from './purposes.ts';

/** Who said what a visitor consents to, in the order in which a text names them. */
export const consentSources = ['gpc', 'dnt', 'tcf', 'gpp', 'site', 'choice', 'region'] as const;
export type ConsentSource = (typeof consentSources)[number];

export const sourceBit = Object.fromEntries(
  consentSources.map((source, at) => [source, 8 << at]),
) as Readonly<Record<ConsentSource, number>>;

/** What is known of a visitor's consent. Shared: there is one object for each combination. */
export interface Consent {
  /** Purposes and sources as bits, 11 of them; 0 is nobody's. */
  readonly code: number;
  /** Purposes as bits. */
  readonly bits: number;
  /** Like `gpc+choice:measurement`, or `choice:none`. */
  readonly text: string;
  /** The text as a log field. */
  readonly field: string;
}

const purposeMask = 7;
export const maxConsentCode = (8 << consentSources.length) - 1;
const made: (Consent | undefined)[] = [];

export function consentOf(code: number): Consent {
  let consent = made[code];
  if (consent === undefined) {
    const bits = code & purposeMask;
    const text = `${consentSources.filter((source) => (code & sourceBit[source]) !== 0).join('+')}:${purposesText(bits)}`;
    consent = Object.freeze({ code, bits, text, field: textField('consent', text) });
    made[code] = consent;
  }
  return consent;
}

/** Like `measurement,personalisation`; `none` for none. */
export function purposesText(bits: number): string {
  return consentPurposes.filter((name) => (bits & purposes[name].bit) !== 0).join(',') || 'none';
}

/** The purposes of a list with commas between as bits; undefined where it names something else. */
export function purposeBits(text: string): number | undefined {
  if (text === 'none') return 0;
  let bits = 0;
  for (const name of text.split(',')) {
    if (!consentPurposes.includes(name as ConsentPurpose)) return undefined;
    bits |= purposes[name as ConsentPurpose].bit;
  }
  return bits;
}

/** What a page may name as the source: what it says by itself is the site's. */
const told: readonly string[] = ['tcf', 'gpp', 'site', 'choice'];

/**
 * Reads what a page says, like `measurement`, `none` or `tcf:measurement,personalisation`, as a consent's code; undefined
 * where it says nothing that can be read.
 */
export function toldConsent(text: string): number | undefined {
  if (text === '') return undefined;
  const colon = text.indexOf(':');
  const bits = purposeBits(text.slice(colon + 1));
  if (bits === undefined) return undefined;
  if (colon < 0) return sourceBit.site | bits;
  let code = bits;
  for (const source of text.slice(0, colon).split('+')) {
    if (!told.includes(source)) return undefined;
    code |= sourceBit[source as ConsentSource];
  }
  return code;
}
