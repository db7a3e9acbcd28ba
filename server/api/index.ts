export { type ApiDependencies, createApi } from './api.ts';
export { ownerOf } from './idempotency.ts';
export { fieldProblems } from './input.ts';
export { createDocument, type OpenApiDocument } from './openapi.ts';
export { integerText } from './query-fields.ts';
export {
  type Answer,
  type Context,
  defineRoute,
  type Reply,
  type Route,
  type RouteAccess,
  type RouteDefinition,
  reply,
} from './route.ts';
export { welcomeUrl } from './routes/passwords.ts';
export { previewRoutes } from './routes/preview.ts';
