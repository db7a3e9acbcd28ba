export { type ExplainParts, explainRoute } from './explain-route.ts';
