export { removeDemoInventory } from './remove.ts';
export { seedDemoInventory } from './seed.ts';
export { type DemoZone, demoZones } from './zones.ts';
