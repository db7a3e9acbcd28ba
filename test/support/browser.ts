import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { userAgents } from './user-agents.ts';

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
  return chromium.launch({ executablePath: chromiumPath, args: quietArgs() });
}

const quietArgs = () => [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Headless Chromium calls itself a HeadlessChrome, whose traffic is invalid.
  `--user-agent=${userAgents(1)[0]}`,
];

/** As `launchBrowser`, with "block all cookies" in its settings. @param profileDir an empty folder for its profile */
export async function launchWithoutCookies(profileDir: string): Promise<BrowserContext> {
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  mkdirSync(path.join(profileDir, 'Default'), { recursive: true });
  writeFileSync(path.join(profileDir, 'Default', 'Preferences'), JSON.stringify(blocked));
  return chromium.launchPersistentContext(profileDir, {
    executablePath: String(chromiumPath),
    args: quietArgs(),
    viewport: { width: 1000, height: 800 },
    locale: 'de-DE',
  });
}

export type BrowserEntry =
  | `server/tag/${'tag' | 'more' | 'consent' | 'frame' | 'click-tag' | 'members' | 'member-pages'}.ts`
  | 'server/console/demo.ts';

/** Bundles a browser script of the sources as `npm run build:browser` does, so that tests do not depend on `dist`. */
export async function buildBundle(entry: BrowserEntry): Promise<string> {
  const bundle = await rolldown({ input: path.join(root, entry), logLevel: 'warn' });
  try {
    const { output } = await bundle.generate({
      format: entry === 'server/tag/more.ts' ? 'esm' : 'iife',
      minify: true,
    });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
