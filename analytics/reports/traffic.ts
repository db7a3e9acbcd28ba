import { trafficCube } from '../rollup/cubes.ts';
import { cubeReport } from './cube-report.ts';
import { dimensionsOf } from './dimensions.ts';
import { metricsOf } from './event-metrics.ts';
import type { ReportDefinition } from './report.ts';

export const trafficDefinition: ReportDefinition = {
  name: 'traffic',
  title: 'Traffic',
  description:
    'Page views, ad requests, impressions, clicks and conversions by time, place, page, ad and browser. Each event counts ' +
    'once, at its own time; a repeated one at the time of the first. Every count is the sum of its rows.',
  dimensions: dimensionsOf([
    'hour',
    'day',
    'hourOfDay',
    'weekday',
    'site',
    'zone',
    'advertiser',
    'campaign',
    'lineItem',
    'creative',
    'country',
    'region',
    'city',
    'browser',
    'browserVersion',
    'os',
    'osVersion',
    'device',
    'language',
    'page',
    'referrer',
  ]),
  metrics: metricsOf([
    'pageViews',
    'adRequests',
    'filled',
    'impressions',
    'viewableImpressions',
    'clicks',
    'fillRate',
    'viewableRate',
    'clickRate',
    'conversions',
    'postClickConversions',
    'postViewConversions',
    'conversionValueMicros',
  ]),
};

export const trafficReport = cubeReport(trafficDefinition, trafficCube);
