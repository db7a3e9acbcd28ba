export { invalidTrafficRoutes } from './invalid-traffic-routes.ts';
export { type LateOptions, openLateClickHouse } from './late-clickhouse.ts';
export { ReportMaker } from './make-report.ts';
export { reportRoutes } from './routes.ts';
