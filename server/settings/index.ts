export { childEnvironment, settingsFromEnvironment } from './environment.ts';
export { parseSettings } from './load.ts';
export { type SettingKey, type Settings, settingsSchema } from './schema.ts';
