import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Where the demo page's HTML and CSS are. */
export const demoFilesDirectory = (): string => path.join(packageRoot(), 'server', 'console');

/** Where `npm run build:browser` puts the demo page's script. */
export const builtDemoScript = (): string => path.join(packageRoot(), 'dist', 'server', 'console', 'demo.js');

/**
 * Reads a page and puts `values` in the place of each `{{name}}`. Values are numbers and names of our own lists, never
 * text from a request: nothing is escaped. Throws when a name has no value.
 */
export async function renderPage(
  name: string,
  values: Readonly<Record<string, string | number>>,
): Promise<string> {
  const page = await readFile(path.join(demoFilesDirectory(), name), 'utf8');
  return page.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name} names {{${key}}}, which has no value`);
    return String(value);
  });
}
