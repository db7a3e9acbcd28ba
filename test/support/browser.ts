import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

/** Where Chromium is: `CHROMIUM_PATH`, or where Debian and Google put it; undefined where it is not installed. */
export const chromiumPath: string | undefined = [process.env['CHROMIUM_PATH'] ?? '', ...usualPlaces].find(
  (candidate) => candidate !== '' && existsSync(candidate),
);

/**
 * For `describe.skipIf(noBrowser())`: true, with a message, where no Chromium is installed. Never true in CI, so that
 * a runner without a browser fails instead of passing.
 */
export function noBrowser(): boolean {
  if (chromiumPath !== undefined || process.env['CI']) return false;
  console.warn(
    `Browser tests are skipped: no Chromium at CHROMIUM_PATH or ${usualPlaces.join(' or ')}. Debian: apt-get install chromium`,
  );
  return true;
}

/** A headless Chromium that talks to nobody on its own account. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) {
    throw new Error(`No Chromium at CHROMIUM_PATH or ${usualPlaces.join(' or ')}`);
  }
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser script as `npm run build:browser` makes it, in a directory that goes when the test process ends. */
export interface Bundle {
  readonly file: string;
  readonly code: string;
}

/** Bundles a browser script of the sources, so that tests do not depend on `dist`. */
export async function buildBundle(entry: 'server/tag/tag.ts' | 'server/console/demo.ts'): Promise<Bundle> {
  const directory = await mkdtemp(path.join(tmpdir(), 'signpost-bundle-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, path.basename(entry).replace(/\.ts$/, '.js'));
  const bundle = await rolldown({ input: path.join(root, entry), logLevel: 'warn' });
  try {
    await bundle.write({ file, format: 'iife', minify: true });
  } finally {
    await bundle.close();
  }
  return { file, code: await readFile(file, 'utf8') };
}
