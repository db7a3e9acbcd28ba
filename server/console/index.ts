export { createDemoRouter, type DemoRouterOptions } from './demo-router.ts';
export { places } from './places.ts';
