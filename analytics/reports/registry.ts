import { columnsOf } from './grouped-query.ts';
import { invalidTrafficDefinition, invalidTrafficReport } from './invalid-traffic.ts';
import type { Report, ReportContext, ReportDefinition, ReportDescription, ReportRequest } from './report.ts';
import { trafficDefinition, trafficReport } from './traffic.ts';
import { visitorsDefinition, visitorsReport } from './visitors.ts';

export interface RegisteredReport extends ReportDescription {
  readonly run: (context: ReportContext, request: ReportRequest) => Promise<Report>;
}

/** Every report by its name. */
export const reports = {
  visitors: register(visitorsDefinition, visitorsReport),
  traffic: register(trafficDefinition, trafficReport),
  'invalid-traffic': register(invalidTrafficDefinition, invalidTrafficReport),
} as const satisfies Record<string, RegisteredReport>;

export type ReportName = keyof typeof reports;

/** Whether there is a report of this name. */
export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(reports, name);
}

function register(definition: ReportDefinition, run: RegisteredReport['run']): RegisteredReport {
  const { name, title, description, dimensions, metrics } = definition;
  return {
    name,
    title,
    description,
    dimensions: columnsOf('dimension', dimensions, Object.keys(dimensions)),
    metrics: columnsOf('metric', metrics, Object.keys(metrics)),
    run,
  };
}
