export { type LocationParts, locationRoutes } from './location-routes.ts';
