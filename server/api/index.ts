export { type ApiDependencies, createApi } from './api.ts';
export { adminKeyShown, createApiKey, createAuthenticator, ensureAdminKey } from './keys.ts';
export { createDocument, type OpenApiDocument } from './openapi.ts';
export { integerText } from './query-fields.ts';
export {
  type Answer,
  type Context,
  defineRoute,
  type Reply,
  type Route,
  type RouteDefinition,
  reply,
} from './route.ts';
export { previewRoutes } from './routes/preview.ts';
