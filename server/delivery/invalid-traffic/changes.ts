import { reasonBit } from '../../../analytics/index.ts';

/** Browser and country, as a token and a request have them; 0 is unknown. */
export interface Origin {
  readonly browser: number;
  readonly country: number;
}

/**
 * What changed between a decision and what followed it: a set of `reasonBit`. A phone that goes from Wi-Fi to the
 * mobile network gets another address, and may get another region by it: neither counts against it. Another browser
 * or another country does, where both are known.
 */
export function changeMarks(decided: Origin, now: Origin): number {
  let marks = 0;
  if (decided.browser !== now.browser && decided.browser !== 0) marks = reasonBit.browser_changed;
  if (decided.country !== now.country && decided.country !== 0 && now.country !== 0) {
    marks |= reasonBit.country_changed;
  }
  return marks;
}

/** A country code's two letters as 16 bits; 0 where unknown. */
export function countryNumber(country: string | undefined): number {
  return country?.length === 2 ? ((country.charCodeAt(0) & 255) << 8) | (country.charCodeAt(1) & 255) : 0;
}
