export {
  type DeliveryContext,
  type DeliveryCounts,
  type DeliveryParts,
  deliverReports,
  type Places,
} from './delivery-run.ts';
export { type ScheduleParts, scheduleRoutes } from './schedule-routes.ts';
