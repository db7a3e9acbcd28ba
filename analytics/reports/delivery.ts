import { trafficCube } from '../rollup/cubes.ts';
import { cubeReport } from './cube-report.ts';
import { dimensionsOf } from './dimensions.ts';
import { eventMetrics, metricsOf } from './event-metrics.ts';
import { planMetrics, planProblem } from './plans.ts';
import type { ReportDefinition } from './report.ts';

const deliveryMetrics = [
  'adRequests',
  'filled',
  'impressions',
  'viewableImpressions',
  'viewableRate',
  'clicks',
  'clickRate',
  'conversions',
  'postClickConversions',
  'postViewConversions',
  'conversionValueMicros',
  'spendMicros',
  'ecpmMicros',
] as const;

const deliveryDefinition: ReportDefinition = {
  name: 'delivery',
  title: 'Delivery',
  description: 'How ads were delivered, seen and clicked, what came of it and what it cost.',
  dimensions: dimensionsOf([
    'hour',
    'day',
    'hourOfDay',
    'weekday',
    'advertiser',
    'campaign',
    'lineItem',
    'creative',
    'site',
    'zone',
    'country',
    'region',
    'city',
    'browser',
    'browserVersion',
    'os',
    'device',
    'language',
  ]),
  metrics: { ...metricsOf(deliveryMetrics), ...planMetrics },
  defaultMetrics: deliveryMetrics,
};

export const deliveryReport = {
  ...cubeReport(deliveryDefinition, trafficCube),
  dimensionsProblem: planProblem,
};

const inventoryDefinition: ReportDefinition = {
  name: 'inventory',
  title: 'Inventory',
  description: 'How zones are asked for and filled, why they are not, and what they earn.',
  dimensions: dimensionsOf([
    'hour',
    'day',
    'hourOfDay',
    'weekday',
    'site',
    'zone',
    'noFillReason',
    'country',
    'region',
    'device',
    'browser',
    'language',
    'page',
  ]),
  metrics: {
    ...metricsOf([
      'pageViews',
      'adRequests',
      'filled',
      'notFilled',
      'fillRate',
      'impressions',
      'viewableImpressions',
      'viewableRate',
      'clicks',
      'clickRate',
    ]),
    // What advertisers spend is what the zones earn.
    revenueMicros: { ...eventMetrics.spendMicros, label: 'Revenue' },
    ecpmMicros: { ...eventMetrics.ecpmMicros, definition: 'Revenue of a thousand impressions.' },
  },
};

export const inventoryReport = cubeReport(inventoryDefinition, trafficCube);
