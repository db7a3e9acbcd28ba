export { removeDemoInventory } from './remove.ts';
export { seedDemoInventory } from './seed.ts';
export { type DemoZone, demoZones, hasDemoInventory } from './zones.ts';
