export { type JobControl, type JobRun, jobRoutes, type ShownJob } from './job-routes.ts';
export {
  databaseCheck,
  jobsCheck,
  machineOfficeChecks,
  type OfficeCheck,
  Readiness,
  readinessRouter,
} from './readiness.ts';
export { replayRoute } from './replay-route.ts';
export { systemRoute } from './system-route.ts';
export { tagCheckRoute } from './tag-check-route.ts';
