export { type SharingParts, savedReportRoutes } from './saved-routes.ts';
export { shareRoutes } from './share-routes.ts';
