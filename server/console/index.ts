export { builtAppDirectory } from './app-files.ts';
export { createConsoleRouter } from './console-router.ts';
export { createDemoRouter, type DemoRouterOptions } from './demo-router.ts';
export { places } from './places.ts';
