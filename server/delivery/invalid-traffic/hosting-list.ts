import { readFileSync } from 'node:fs';
import { AppError } from '../../errors.ts';
import { hostingAsns } from './hosting-asns.ts';

/**
 * The autonomous systems that count as data centers, as the setting HOSTING_ASNS names them. A file has one number on
 * each line, with or without `AS` before it; what follows it, and lines that begin with `#`, are for people.
 * @throws AppError `settings_invalid` where the file cannot be read or has another line
 */
export function readHostingAsns(setting: string): ReadonlySet<number> {
  if (setting === 'shipped') return hostingAsns;
  if (setting === 'none') return new Set();
  const asns = new Set<number>();
  for (const [index, line] of textOf(setting).split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const number = Number(/^\s*(?:AS)?(\d{1,10})\b/i.exec(line)?.[1]);
    if (!(number >= 1 && number <= 0xffff_ffff)) {
      throw new AppError(
        'settings_invalid',
        `HOSTING_ASNS: line ${index + 1} of ${setting} has no AS number.`,
      );
    }
    asns.add(number);
  }
  return asns;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'settings_invalid',
      `HOSTING_ASNS: ${file} cannot be read: ${(error as Error).message}`,
    );
  }
}
