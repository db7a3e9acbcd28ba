export { type JobControl, type JobRun, jobRoutes } from './job-routes.ts';
export { replayRoute } from './replay-route.ts';
