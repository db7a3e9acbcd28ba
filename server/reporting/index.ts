export { invalidTrafficRoutes } from './invalid-traffic-routes.ts';
export { KeptFor } from './kept-for.ts';
export { type LateOptions, openLateClickHouse } from './late-clickhouse.ts';
export { liveRoute } from './live-route.ts';
export { type CountedReport, ReportMaker } from './make-report.ts';
export { cellText, localTime, rangeText, reportTexts } from './report-text.ts';
export { reportRoutes } from './routes.ts';
export {
  type DeliveryParts,
  deliverReports,
  type Places,
  reportsDue,
  scheduleRoutes,
} from './schedules/index.ts';
export { savedReportRoutes, shareRoutes } from './sharing/index.ts';
