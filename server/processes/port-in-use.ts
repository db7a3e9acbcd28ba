import { AppError } from '../errors.ts';
import type { SettingKey } from '../settings/index.ts';

export function portInUse(setting: SettingKey, host: string, port: number): AppError {
  return new AppError(
    'port_in_use',
    `${host}:${port} is in use by another program. Stop that one, or set ${setting}.`,
  );
}
