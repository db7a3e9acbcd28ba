import { audienceDefinition, audienceReport } from './audience.ts';
import { deliveryReport, inventoryReport } from './delivery.ts';
import { forecastDefinition, forecastReport } from './forecast.ts';
import {
  dimensionColumns,
  type GroupedReport,
  metricColumns,
  prepareGrouped,
  runGrouped,
} from './grouped-query.ts';
import { invalidTrafficReport } from './invalid-traffic.ts';
import type {
  PreparedReport,
  Report,
  ReportContext,
  ReportDefinition,
  ReportDescription,
  ReportRequest,
} from './report.ts';
import { trafficReport } from './traffic.ts';
import { visitorsReport } from './visitors.ts';

export interface RegisteredReport extends ReportDescription {
  readonly run: (context: ReportContext, request: ReportRequest) => Promise<Report>;
  /** Missing where the rows are only known once all were looked at. */
  readonly prepare?: (context: ReportContext, request: ReportRequest) => Promise<PreparedReport>;
}

/** Every report by its name. */
export const reports = {
  visitors: grouped(visitorsReport),
  traffic: grouped(trafficReport),
  delivery: grouped(deliveryReport),
  inventory: grouped(inventoryReport),
  audience: { ...described(audienceDefinition), run: audienceReport },
  forecast: { ...described(forecastDefinition), run: forecastReport },
  'invalid-traffic': grouped(invalidTrafficReport),
} as const satisfies Record<string, RegisteredReport>;

export type ReportName = keyof typeof reports;

/** Whether there is a report of this name. */
export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(reports, name);
}

/** Makes a report. Rejects with `report_invalid`, or as ClickHouse does. */
export function runReport(context: ReportContext, name: ReportName, request: ReportRequest): Promise<Report> {
  return reports[name].run(context, request);
}

/** A report as a statement, to be streamed; undefined where it has to be made as a whole. */
export async function prepareReport(
  context: ReportContext,
  name: ReportName,
  request: ReportRequest,
): Promise<PreparedReport | undefined> {
  const registered: RegisteredReport = reports[name];
  return registered.prepare?.(context, request);
}

function grouped(report: GroupedReport): RegisteredReport {
  return {
    ...described(report.definition),
    run: (context, request) => runGrouped(report, context, request),
    prepare: (context, request) => prepareGrouped(report, context, request),
  };
}

function described(definition: ReportDefinition): ReportDescription {
  const { name, title, description, dimensions, metrics } = definition;
  return {
    name,
    title,
    description,
    dimensions: dimensionColumns(definition, Object.keys(dimensions)),
    metrics: metricColumns(definition, Object.keys(metrics)),
    defaultMetrics: definition.defaultMetrics ?? Object.keys(metrics),
  };
}
