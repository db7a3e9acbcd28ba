import type { Metric } from './report.ts';

const count = (column: string, definition: string): Metric => ({
  type: 'count',
  definition,
  additive: true,
  aggregate: () => `sum(${column})`,
});

const ratio = (part: string, whole: string, definition: string): Metric => ({
  type: 'ratio',
  definition,
  additive: false,
  aggregate: () => `if(sum(${whole}) = 0, NULL, sum(${part}) / sum(${whole}))`,
});

/** What is counted of events, by the names that reports give it: the same in every report. */
export const eventMetrics = {
  pageViews: count('page_views', 'Page views.'),
  adRequests: count('ad_requests', 'Ad requests: a tag asked for an ad for one zone.'),
  filled: count('filled', 'Ad requests that were answered with a creative.'),
  notFilled: {
    type: 'count',
    definition: 'Ad requests that were answered without a creative.',
    additive: true,
    aggregate: () => 'sum(ad_requests) - sum(filled)',
  },
  impressions: count('impressions', 'Impressions: the creative began to render in the page.'),
  viewableImpressions: count(
    'viewable_impressions',
    'Impressions with at least half of their pixels in view for one continuous second (30 % for creatives of ' +
      '242,500 pixels and more).',
  ),
  clicks: count('clicks', 'Clicks.'),
  fillRate: ratio('filled', 'ad_requests', 'Filled ad requests divided by ad requests.'),
  viewableRate: ratio('viewable_impressions', 'impressions', 'Viewable impressions divided by impressions.'),
  clickRate: ratio('clicks', 'impressions', 'Clicks divided by impressions.'),
  conversions: {
    type: 'count',
    definition:
      'Conversions put down to an ad, at their own time and at the place and browser of the click or impression.',
    additive: true,
    aggregate: () => 'sum(post_click_conversions) + sum(post_view_conversions)',
  },
  postClickConversions: count('post_click_conversions', 'Conversions put down to a click.'),
  postViewConversions: count('post_view_conversions', 'Conversions put down to an impression.'),
  conversionValueMicros: {
    type: 'micros',
    definition:
      "What these conversions were worth, in millionths of the currency of their conversion action. Look at one advertiser's, or at those of one currency.",
    additive: true,
    aggregate: () => 'sum(conversion_value_micros)',
  },
  spendMicros: {
    label: 'Spend',
    type: 'micros',
    definition:
      "What impressions (CPM), viewable impressions (vCPM) and clicks (CPC) cost their advertisers at their line items' prices, in millionths of the account's currency. Flat prices are not among it.",
    additive: true,
    aggregate: () => 'sum(spend_nanos) / 1000',
  },
  ecpmMicros: {
    label: 'eCPM',
    type: 'micros',
    definition: 'Spend of a thousand impressions.',
    additive: false,
    aggregate: () => 'if(sum(impressions) = 0, NULL, sum(spend_nanos) / sum(impressions))',
  },
} as const satisfies Record<string, Metric>;
export type EventMetric = keyof typeof eventMetrics;

/** Some of them, in the order of the names. */
export function metricsOf(names: readonly EventMetric[]): Readonly<Record<string, Metric>> {
  return Object.fromEntries(names.map((name) => [name, eventMetrics[name]]));
}
