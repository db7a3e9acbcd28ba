import { existsSync } from 'node:fs';
import { parseSettings } from './load.ts';
import type { Settings } from './schema.ts';

/**
 * The one place that reads the environment. A file `.env` in the working directory is read first; what the
 * environment itself says goes before it.
 */
export function settingsFromEnvironment(): Settings {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseSettings(process.env);
}

/** The environment for a child process: what this one has, and `extra`. */
export function childEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}
