import type { Location } from '../../../geo-db/index.ts';
import { type Audience, type AudienceVisitor, noValues } from '../../audience/index.ts';
import { leavesOf, type TargetingLeaf } from '../../inventory/targeting.ts';
import type { Client } from '../client.ts';
import type { InventoryIndex } from '../inventory-index.ts';
import { creativeOf } from '../preview.ts';
import { noKeyValues } from '../targeting/facts.ts';
import { compileLeaf, groupOf } from '../targeting/leaf.ts';
import type { Decided } from '../token.ts';
import type { Language, WhyReason, Words } from './words.ts';

/** Whose an ad is, and what chose it for this visitor. */
export interface Why {
  readonly advertiser: string;
  readonly payer: string;
  readonly reasons: readonly { readonly reason: WhyReason; readonly text: string }[];
}

/** Out of the decision that a token carries, and the rule of its line item. */
export function whyOf(
  inventory: InventoryIndex | undefined,
  audience: Audience,
  decided: Decided,
  client: Client,
  words: Words,
  language: Language,
): Why {
  const advertiser = inventory?.advertiser(decided.advertiser);
  const name = advertiser?.name ?? `#${decided.advertiser}`;
  const targeting = inventory?.creative(creativeOf(decided))?.lineItem.targeting ?? null;
  const found = new Map<WhyReason, Set<string>>();
  for (const leaf of targeting === null ? [] : leavesOf(targeting)) {
    const reason = reasonOf(leaf);
    const details = found.get(reason) ?? new Set();
    if (reason === 'place' && placeMatches(leaf, client)) details.add(placeName(client.location));
    if (reason === 'interest')
      for (const title of interestTitles(leaf, audience, client.audience, language)) details.add(title);
    found.set(reason, details);
  }
  if (found.size === 0) found.set('anybody', new Set());
  const reasons = [...found].map(([reason, details]) => ({
    reason,
    text: words.reasons[reason].replace(/\W*\{\}/, (gap) =>
      details.size === 0 ? '' : gap.replace('{}', [...details].join(', ')),
    ),
  }));
  return { advertiser: name, payer: advertiser?.payer ?? name, reasons };
}

function reasonOf(leaf: TargetingLeaf): WhyReason {
  if (leaf.on === 'segment') return 'interest';
  if (leaf.on === 'advertiserValue') return 'advertiser';
  switch (groupOf(leaf)) {
    case 'location':
      return 'place';
    case 'browser':
      return 'device';
    case 'language':
      return 'language';
    case 'time':
      return 'time';
    default:
      return 'page';
  }
}

function placeMatches(leaf: TargetingLeaf, { location, browser, language }: Client): boolean {
  const facts = { location, browser, language, site: 0, zone: 0, nowMs: 0, page: '', referrer: '' };
  return compileLeaf(leaf, 0)({ ...facts, keyValues: noKeyValues, segments: [], ownValues: noValues });
}

const placeName = ({ country, region, city }: Location) =>
  [city, region ?? country].filter((part) => part !== undefined).join(', ');

/** Of the segments that the rule names: those that the visitor is in, where the browser tells them; else all. */
function interestTitles(
  leaf: TargetingLeaf,
  { model }: Audience,
  visitor: AudienceVisitor | undefined,
  language: Language,
): readonly string[] {
  const named: readonly string[] = 'in' in leaf ? leaf.in : [];
  const own = visitor?.segments ?? [];
  const shown = own.some((segment) => named.includes(segment))
    ? named.filter((segment) => own.includes(segment))
    : named;
  return shown.flatMap((segment) =>
    (model.segment(segment)?.categories ?? [segment]).map((category) => model.title(category, language)),
  );
}
