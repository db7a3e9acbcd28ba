import { periodStates } from '../rollup/state.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { finalUntilMs } from './finality.ts';
import type { GroupedReport } from './grouped-query.ts';
import type { Dimension, Metric, ReportDefinition } from './report.ts';
import { timeExpressions } from './time-zone.ts';
import { trafficSource } from './traffic-source.ts';

const { day, hour, hourOrder } = timeExpressions('quarter');

const id = (expression: string, definition: string): Dimension => ({
  type: 'id',
  definition,
  expression,
  filterType: 'UInt32',
});

const dimensions: Readonly<Record<string, Dimension>> = {
  hour: {
    type: 'hour',
    definition: "Hour of the event, in the report's time zone.",
    expression: hour,
    order: hourOrder,
  },
  day: {
    type: 'day',
    definition: "Day of the event, in the report's time zone.",
    expression: day,
    order: day,
  },
  site: {
    type: 'id',
    definition: 'Site of the zone or page.',
    expression: 'site',
    filterType: 'UInt32',
  },
  zone: {
    type: 'id',
    definition: 'Zone that the ad was asked for; 0 for page views.',
    expression: 'zone',
    filterType: 'UInt32',
  },
  advertiser: id('advertiser', 'Advertiser of the ad; 0 where there was none.'),
  campaign: id('campaign', 'Campaign of the ad; 0 where there was none.'),
  lineItem: id('line_item', 'Line item of the ad; 0 where there was none.'),
  creative: id('creative', 'The ad itself; 0 where there was none.'),
  country: {
    type: 'text',
    definition: "Country of the visitor's address (ISO 3166-1 alpha-2).",
    expression: 'country',
    filterType: 'String',
  },
  region: {
    type: 'text',
    definition: "Region of the visitor's address (ISO 3166-2).",
    expression: 'region',
    filterType: 'String',
  },
  browser: {
    type: 'text',
    definition: "Browser's name.",
    expression: 'browser',
    filterType: 'String',
  },
  browserVersion: {
    type: 'number',
    definition: "Browser's major version; 0 where unknown. Ask for it together with browser.",
    expression: 'browser_version',
    filterType: 'UInt32',
  },
  os: { type: 'text', definition: 'Operating system.', expression: 'os', filterType: 'String' },
  device: {
    type: 'text',
    definition: 'Device type: desktop, mobile, tablet, tv, console or wearable.',
    expression: 'device',
    filterType: 'String',
  },
};

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

const metrics: Readonly<Record<string, Metric>> = {
  pageViews: count('page_views', 'Page views.'),
  adRequests: count('ad_requests', 'Ad requests: a tag asked for an ad for one zone.'),
  filled: count('filled', 'Ad requests that were answered with a creative.'),
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
  conversionValueMicros: count(
    'conversion_value_micros',
    "What these conversions were worth, in millionths of the currency of their conversion action. Look at one advertiser's, or at those of one currency.",
  ),
};

export const trafficDefinition: ReportDefinition = {
  name: 'traffic',
  title: 'Traffic',
  description:
    'Page views, ad requests, impressions, clicks and conversions by time, place, ad and browser. Each event counts once, at its own ' +
    'time; a repeated one at the time of the first. Every count is the sum of its rows.',
  dimensions,
  metrics,
};

/** Traffic by time, place and browser. */
export const trafficReport: GroupedReport = {
  definition: trafficDefinition,
  async source({ clickhouse, now, signal }, request) {
    const options = { lane: 'reports', signal } as const;
    const reversals = await reversalChanges(clickhouse, options);
    const states = await periodStates(clickhouse, request, options, reversals);
    return {
      ...trafficSource(states, request, reversals),
      finalUntilMs: finalUntilMs(states, request, now.getTime()),
      readFrom: 'rollup',
      notes: [],
    };
  },
};
