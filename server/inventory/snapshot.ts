import type { Budget, Cap, Goal, Pacing, Price } from './delivery-terms.ts';
import type { Targeting } from './targeting.ts';

/**
 * The inventory as delivery serves from it: everything a decision can need, and nothing else. The back office makes
 * it, `DATA_DIR/snapshot.jsonl` holds it, workers swap it in by one reference.
 */
export interface InventorySnapshot {
  /** Grows with each change of the inventory. */
  readonly version: number;
  readonly madeAtMs: number;
  readonly zones: readonly SnapshotZone[];
  readonly lineItems: readonly SnapshotLineItem[];
  readonly creatives: readonly SnapshotCreative[];
  /** Creatives that stopped running within the last week: they may still be on a screen, and be clicked. */
  readonly landings: readonly SnapshotLanding[];
  readonly sites: readonly SnapshotSite[];
  /** Missing in the snapshots of earlier versions. */
  readonly conversionActions?: readonly SnapshotConversionAction[];
  readonly advertisers?: readonly SnapshotAdvertiser[];
  readonly categories?: readonly SnapshotCategory[];
  readonly segments?: readonly SnapshotSegment[];
}

/** Whose the ads are, for those who see them. */
export interface SnapshotAdvertiser {
  readonly id: number;
  readonly name: string;
  /** Who paid; null: the advertiser. */
  readonly payer: string | null;
  /** Whether it keeps values of its own in visitors' browsers. Missing: no. */
  readonly visitorValues?: boolean;
}

/** A category of pages, which a visit makes an interest. */
export interface SnapshotCategory {
  readonly id: number;
  readonly name: string;
  /** For visitors, by language; those that are missing are shown by `name`. */
  readonly titles: Readonly<Record<string, string>>;
  /** null: pages of every site. */
  readonly siteId: number | null;
  /** Addresses without query string, `*` standing for anything. */
  readonly pages: readonly string[];
  readonly keyValues: readonly { readonly key: string; readonly in: readonly string[] }[];
}

/** Visitors with an interest in any, or in all, of the categories, at least this strong. */
export interface SnapshotSegment {
  readonly name: string;
  /** Names. */
  readonly categories: readonly string[];
  readonly match: 'any' | 'all';
  readonly atLeast: number;
}

export interface SnapshotConversionAction {
  readonly id: number;
  readonly advertiserId: number;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  readonly clickId: boolean;
  readonly pixel: boolean;
}

export interface SnapshotLanding {
  /** The creative's id. */
  readonly id: number;
  readonly clickUrl: string;
  readonly links?: Readonly<Record<string, string>>;
  /** Of its line item: what was shown before it stopped is still paid for. */
  readonly price?: Price;
}

export interface SnapshotSite {
  readonly id: number;
  /** Host name, like `example.com`. */
  readonly domain: string;
}

export interface SnapshotZone {
  readonly id: number;
  readonly siteId: number;
  /** Width and height in CSS pixels; a creative fits when it has one of these. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
}

/** In order of precedence: a line item of an earlier type always goes before one of a later type. */
export const lineItemTypes = ['sponsorship', 'standard', 'price_priority', 'house'] as const;
export type LineItemType = (typeof lineItemTypes)[number];

export interface SnapshotLineItem {
  readonly id: number;
  readonly campaignId: number;
  readonly advertiserId: number;
  readonly type: LineItemType;
  /** Share among line items of the same type, at least 1. */
  readonly weight: number;
  /** Half-open: starts at `startMs`, is over at `endMs`; null is open. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** null: everywhere. */
  readonly targeting: Targeting | null;
  readonly creativeIds: readonly number[];
  /** Creatives that are not approved: shown in previews alone. */
  readonly previewIds?: readonly number[];
  /** Percent of the matching requests; of sponsorships. Missing there: 100. */
  readonly share?: number;
  readonly goal?: Goal;
  readonly budget?: Budget;
  readonly price?: Price;
  /** Expected revenue of a thousand impressions, in micros. Missing: 0. */
  readonly expectedCpmMicros?: number;
  /** Missing: `even`. */
  readonly pacing?: Pacing;
  /** IANA name; missing: UTC. */
  readonly timeZone?: string;
  readonly caps?: readonly Cap[];
  /** Caps of its campaign. */
  readonly campaignCaps?: readonly Cap[];
  /** Of its campaign: other advertisers of the same category are not shown on the same page. */
  readonly category?: string;
  /** Fills all fitting zones of a page, or none. */
  readonly roadblock?: boolean;
}

interface CreativeBase {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  /** Absolute http(s) URL, with macros. */
  readonly clickUrl: string;
  /** Landings of further links by their names; likewise. */
  readonly links?: Readonly<Record<string, string>>;
  readonly caps?: readonly Cap[];
}

export interface ImageCreative extends CreativeBase {
  readonly type: 'image';
  /** Content address of the image: `<sha-256 hex>.<extension>`, a file in `DATA_DIR/assets`. */
  readonly asset: string;
  /** The same image in double resolution. */
  readonly asset2x?: string;
}

export interface Html5Creative extends CreativeBase {
  readonly type: 'html5';
  /** Content address of the bundle: `<sha-256 hex>.bundle`, a file in `DATA_DIR/assets`. */
  readonly asset: string;
  /** The bundle's first file, like `index.html`. */
  readonly entry: string;
}

export interface HtmlCreative extends CreativeBase {
  readonly type: 'html';
  /** With macros. */
  readonly html: string;
  /** Whether the snippet may load from other hosts. */
  readonly thirdParty: boolean;
}

export interface TextCreative extends CreativeBase {
  readonly type: 'text';
  /** With macros, as are the other texts of this and the next. */
  readonly headline: string;
  readonly text: string;
}

export interface NativeCreative extends CreativeBase {
  readonly type: 'native';
  readonly title: string;
  readonly body: string;
  readonly sponsor: string;
  /** As of an image creative. */
  readonly asset: string | null;
}

export type SnapshotCreative = ImageCreative | Html5Creative | HtmlCreative | TextCreative | NativeCreative;
