export {
  type DeliveryContext,
  type DeliveryCounts,
  type DeliveryParts,
  deliverReports,
  type Places,
  reportsDue,
} from './delivery-run.ts';
export { type ScheduleParts, scheduleRoutes } from './schedule-routes.ts';
