export { type TransferParts, transferRoutes } from './transfer-routes.ts';
