export { createDemoRouter, type DemoRouterOptions } from './demo-router.ts';
