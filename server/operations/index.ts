export { type JobControl, type JobRun, jobRoutes } from './job-routes.ts';
