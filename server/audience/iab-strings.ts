import { createRequire } from 'node:module';
import { TwoGenerationCache } from '../delivery/two-generation-cache.ts';
import { allowedByTcf, everything, leftByOptOut } from './purposes.ts';

/** Longer ones are not read, and allow nothing. */
const maxLength = 4096;
const keptStrings = 5000;
/** Fields of the US sections that say, with 1, that the visitor opted out. */
const optOuts = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] as const;
/** GPP section ids: TCF for the EU, the old US string, and the US sections proper. */
const [tcfEuV2, usPrivacy, usNational] = [2, 6, 7] as const;

type Iab = typeof import('@iabtcf/core') & typeof import('@iabgpp/cmpapi');

/** Whether a field is 1, which is "opted out"; a section that has no such field says nothing by it. */
type FieldReader = (field: string) => unknown;

/**
 * What IAB consent strings allow, as purposes. Decoding takes 50 µs for TCF and 180 µs for GPP, so each text is decoded
 * once, as long as it is remembered. What cannot be read allows nothing.
 */
export class IabStrings {
  readonly #vendorId: number | undefined;
  readonly #known = new TwoGenerationCache<{ readonly bits: number }>(keptStrings);
  #libraries: Iab | undefined;

  /** @param vendorId this Signpost's number on IAB Europe's Global Vendor List, which a string then has to name too */
  constructor(vendorId: number | undefined) {
    this.#vendorId = vendorId;
  }

  tcf(text: string): number {
    return this.#remembered(`t${text}`, text, () => this.#decodeTcf(text));
  }

  gpp(text: string): number {
    return this.#remembered(`g${text}`, text, () => this.#decodeGpp(text));
  }

  #remembered(key: string, text: string, decode: () => number): number {
    if (text.length > maxLength) return 0;
    let known = this.#known.get(key);
    if (known === undefined) {
      try {
        known = { bits: decode() };
      } catch {
        known = { bits: 0 };
      }
      this.#known.set(key, known);
    }
    return known.bits;
  }

  #decodeTcf(text: string): number {
    const { purposeConsents, vendorConsents } = this.#load().TCString.decode(text);
    if (this.#vendorId !== undefined && !vendorConsents.has(this.#vendorId)) return 0;
    return allowedByTcf((purpose) => purposeConsents.has(purpose));
  }

  #decodeGpp(text: string): number {
    const model = new (this.#load().GppModel)(text);
    const ids: readonly number[] = model.getSectionIds();
    if (ids.length === 0) return 0;
    let bits = everything;
    for (const id of ids) {
      const field: FieldReader = (name) =>
        model.hasFieldBySectionId(id, name) ? model.getFieldValueBySectionId(id, name) : undefined;
      bits &= this.#sectionBits(id, field);
    }
    return bits;
  }

  #sectionBits(id: number, field: FieldReader): number {
    if (id === tcfEuV2) {
      const purposeConsents = field('PurposeConsents') as readonly boolean[];
      const vendors = field('VendorConsents') as readonly number[] | undefined;
      if (this.#vendorId !== undefined && vendors?.includes(this.#vendorId) !== true) return 0;
      return allowedByTcf((purpose) => purposeConsents[purpose - 1] === true);
    }
    if (id === usPrivacy) return field('OptOutSale') === 'Y' ? leftByOptOut : everything;
    // Canada's section and whatever comes between: nothing is read out of it, so nothing is allowed by it.
    if (id < usNational) return 0;
    return optOuts.some((name) => field(name) === 1) || field('Gpc') === true ? leftByOptOut : everything;
  }

  /** Loaded with the first string, since most deployments never get one. */
  #load(): Iab {
    if (this.#libraries === undefined) {
      const load = createRequire(import.meta.url);
      this.#libraries = { ...load('@iabtcf/core'), ...load('@iabgpp/cmpapi') } as Iab;
    }
    return this.#libraries;
  }
}
