export { type ExplainParts, explainRoute } from './explain-route.ts';
export { healthRoute } from './health-route.ts';
