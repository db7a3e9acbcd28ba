export { type SentValuesPublisher, startSentValuesPublisher } from './publisher.ts';
export { visitorValueRoutes } from './routes.ts';
