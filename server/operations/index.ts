export { type JobControl, type JobRun, jobRoutes, type ShownJob } from './job-routes.ts';
export { databaseCheck, jobsCheck, type OfficeCheck, readinessRouter } from './readiness.ts';
export { replayRoute } from './replay-route.ts';
