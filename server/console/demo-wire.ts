/** What the demo page and its server say to each other; types only, so that the browser's half can share them. */

/** The zones of the demo site that its page embeds. */
export interface DemoZones {
  readonly siteId: number;
  /** A zone of 728 × 90. */
  readonly leaderboard: number;
  /** A zone of 300 × 250. */
  readonly rectangle: number;
}

/** What the location database says; undefined or null is unknown. */
export interface DemoLocation {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | null | undefined;
  /** ISO 3166-2. */
  readonly region?: string | null | undefined;
  readonly city?: string | null | undefined;
}

/** Why a zone gets what it gets, line item by line item. */
export interface DemoExplanation {
  readonly candidates: readonly {
    readonly lineItem: string;
    readonly matched: boolean;
    readonly why: string;
  }[];
  /** Name of the line item that won; null is no fill. */
  readonly winner: string | null;
}

/** Names of what a creative belongs to. */
export interface DemoCreative {
  readonly advertiser: string;
  readonly lineItem: string;
}

/** Counts of the demo site, from the reports' own tables. */
export interface DemoCounts {
  readonly pageViews: number;
  readonly impressions: number;
  readonly visitors: number;
  /** ISO 3166-1 alpha-2, null for unknown. */
  readonly countries: readonly { readonly country: string | null; readonly visitors: number }[];
  /** Time of the youngest event that is in these counts; null when there is none. */
  readonly lastEventAtMs: number | null;
  /** How often the log is carried into ClickHouse. */
  readonly shippingEveryMs: number;
}

/** `GET /demo/counts`: the counts, and the server's clock to hold `lastEventAtMs` against. */
export interface DemoCountsAnswer extends DemoCounts {
  readonly nowMs: number;
}

/** `GET /demo/seen?from=taipei`. */
export interface DemoSeen {
  /** null when even the visitor's own address could not be found. */
  readonly address: string | null;
  readonly location: DemoLocation;
  /** By zone; null hides the panel. */
  readonly explanations: Readonly<Record<string, DemoExplanation>> | null;
}

/** What the publisher's page hands to the demo page around it: the detail of the tag's `signpost` event. */
export interface DemoDecision {
  readonly zone: number;
  readonly id?: string;
  readonly noFill: string | null;
  readonly creativeId?: number;
}
