import type { Location } from '../../geo-db/index.ts';
import type { Macro, Template } from '../inventory/macros.ts';
import { hex64 } from './hex.ts';
import { creativeOf } from './preview.ts';
import type { Decided } from './token.ts';

/** What macros of one decision stand for. */
export interface MacroFacts {
  /** Of delivery, without a slash at its end. */
  readonly publicUrl: string;
  /** The decision's, signed. */
  readonly token: string;
  readonly decided: Decided;
  readonly location: Pick<Location, 'country' | 'region' | 'city'>;
  /** What the advertiser keeps for the visitor; without, its macros are empty. */
  readonly own?: OwnMacros | undefined;
}

export interface OwnMacros {
  readonly visitor: string;
  readonly value: string;
  readonly handle: string;
  readonly pixel: string;
}

/** @param escaped makes an unencoded value fit for where the text goes */
export function fillTemplate(
  template: Template,
  facts: MacroFacts,
  escaped: (value: string) => string,
): string {
  let text = '';
  for (const part of template) {
    if (typeof part === 'string') text += part;
    else {
      const value = macroValue(part, facts);
      text += part.encoded ? encodeURIComponent(value.toWellFormed()) : escaped(value);
    }
  }
  return text;
}

/** Empty where it is unknown. */
function macroValue(macro: Macro, { publicUrl, token, decided, location, own }: MacroFacts): string {
  switch (macro.name) {
    case 'click_url':
      return `${publicUrl}/v1/c/${token}${macro.link === '' ? '' : `/${macro.link}`}`;
    // The decision's own random number: the same wherever the decision is told of.
    case 'cache_buster':
      return String(decided.idLow);
    case 'zone':
      return String(decided.zone);
    case 'site':
      return String(decided.site);
    case 'country':
      return location.country ?? '';
    case 'region':
      return location.region ?? '';
    case 'city':
      return location.city ?? '';
    case 'advertiser':
      return String(decided.advertiser);
    case 'campaign':
      return String(decided.campaign);
    case 'line_item':
      return String(decided.lineItem);
    case 'creative':
      return String(creativeOf(decided));
    case 'decision':
      return hex64(decided.idHigh, decided.idLow);
    case 'time':
      return String(decided.timeMs);
    case 'advertiser_visitor':
      return own?.visitor ?? '';
    case 'advertiser_value':
      return own?.value ?? '';
    case 'advertiser_handle':
      return own?.handle ?? '';
    case 'advertiser_pixel':
      return own?.pixel ?? '';
  }
}

/** Inside a JSON string. */
export const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** In HTML, as text or in a quoted attribute. */
export const inHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (char) => entities[char] as string);

export const inUrl = (value: string): string => value;
