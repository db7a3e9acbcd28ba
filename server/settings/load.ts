import { AppError } from '../errors.ts';
import { type Settings, secretSettings, settingsSchema } from './schema.ts';

/**
 * Settings out of key-value pairs such as the environment. Empty values count as unset.
 * @throws AppError `settings_invalid` that lists every bad key with its value and what is allowed.
 */
export function parseSettings(source: Readonly<Record<string, string | undefined>>): Settings {
  const given: Record<string, string> = {};
  for (const key of Object.keys(settingsSchema.shape)) {
    const value = source[key];
    if (value !== undefined && value.trim() !== '') given[key] = value.trim();
  }
  const result = settingsSchema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  const fields = result.error.issues.map((issue) => {
    const key = String(issue.path[0]);
    const shown = secretSettings.has(key) ? '***' : hidePassword(given[key] ?? '');
    return { path: key, message: `${key}="${given[key] === undefined ? '' : shown}": ${issue.message}` };
  });
  throw new AppError(
    'settings_invalid',
    `Settings do not fit:\n${fields.map((f) => `  ${f.message}`).join('\n')}`,
    { fields },
  );
}

/** Values that do not fit are often URLs gone wrong: all from the user's colon to the last @ is hidden, and any query. */
function hidePassword(value: string): string {
  return value.replace(/:(?!\/\/).*@/s, ':***@').replace(/\?.*$/s, '?***');
}
