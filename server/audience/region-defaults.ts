import type { Location } from '../../geo-db/index.ts';
import { purposeBits } from './consent.ts';

/** Members of the European Economic Area outside of the Union. */
const otherEea = new Set(['IS', 'LI', 'NO']);
const place = /^(\*|EU|EEA|[A-Z]{2}|[A-Z]{2}-[A-Z0-9]{1,3})$/;

/**
 * What holds for visitors who have said nothing, by where they are: `US-CA=measurement,EEA=none,*=none`. The narrowest
 * place goes: region, country, EU, EEA, then `*`. Where nobody knows the place, nothing is allowed.
 */
export class RegionDefaults {
  readonly #bits: ReadonlyMap<string, number>;

  constructor(bits: ReadonlyMap<string, number>) {
    this.#bits = bits;
  }

  /** The purposes as bits. */
  of({ country, region, isEu }: Location): number {
    if (country === undefined) return 0;
    const bits = this.#bits;
    const inEea = isEu === true || otherEea.has(country);
    return (
      (region === undefined ? undefined : bits.get(region)) ??
      bits.get(country) ??
      (isEu === true ? bits.get('EU') : undefined) ??
      (inEea ? bits.get('EEA') : undefined) ??
      bits.get('*') ??
      0
    );
  }
}

/** @throws Error that says what cannot be read */
export function parseRegionDefaults(text: string): RegionDefaults {
  const found = new Map<string, number>();
  for (const part of text.split(',')) {
    const [where = '', what = ''] = part.trim().split('=');
    const bits = purposeBits(what.replaceAll('+', ','));
    if (!place.test(where))
      throw new Error(`"${where}" is not a country like TW, a region like US-CA, EU, EEA or *`);
    if (bits === undefined)
      throw new Error(`"${what}" is not none, nor purposes with + between, like measurement+personalisation`);
    if (found.has(where)) throw new Error(`"${where}" is there twice`);
    found.set(where, bits);
  }
  return new RegionDefaults(found);
}

/** Whether the EU's Digital Services Act holds there, or may: also where nobody knows the place. */
export function inEuLaw({ country, isEu }: Location): boolean {
  return country === undefined || isEu === true || otherEea.has(country);
}
