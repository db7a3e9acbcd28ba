export { type ForecastParts, forecastRoute } from './forecast-route.ts';
export { requestCondition } from './request-condition.ts';
