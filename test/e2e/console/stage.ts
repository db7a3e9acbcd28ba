import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type BackOffice, openBackOffice } from '../../../server/processes/open-back-office.ts';
import { parseSettings } from '../../../server/settings/index.ts';
import { type Line, writeSegment } from '../../analytics/clickhouse/support.ts';
import { type Answer, ask } from '../../server/api/harness.ts';
import { launchBrowser } from '../../support/browser.ts';
import { copyMigratedDatabase } from '../../support/migrated-database.ts';
import { type NoNetwork, noNetwork } from '../no-network.ts';
import { type Witness, witness } from '../witness.ts';
import { pageViews } from './seed.ts';

export const password = 'three words and a number';
export const emailOf = (role: Role) => `${role}@example.com`;

const roles = ['admin', 'adops', 'advertiser', 'publisher', 'analyst'] as const;
export type Role = (typeof roles)[number];

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium asks there what the fields of a form are, whatever page it is on. */
const browsersOwn = 'content-autofill.googleapis.com:443';

// Asked again and again: the promise of a transition that another one takes over is never kept.
const transitionsOver = `document.getAnimations()
  .every((animation) => !(animation instanceof CSSTransition) || animation.playState !== 'running')`;

export interface Look {
  readonly width?: 1280 | 390;
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en-US' | 'zh-TW';
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Complaints that were met and are meant, by a part of their text: others fail the test at `leave`. */
  allow(part: string): void;
  /** Closes it. Fails where the browser complained, or anybody else was asked for anything. */
  leave(): Promise<void>;
}

/** The console as it is built, on databases of its own with some inventory, users of each role, and traffic. */
export class Stage {
  readonly origin: string;
  /** What the users `advertiser` and `publisher` have. */
  readonly advertiser: number;
  readonly site: number;
  readonly #dataDir: string;
  readonly #office: BackOffice;
  readonly #browser: Browser;
  readonly #network: NoNetwork;

  private constructor(parts: StageParts, ids: { advertiser: number; site: number }) {
    this.origin = `http://127.0.0.1:${parts.office.port}`;
    this.#dataDir = parts.dataDir;
    this.#office = parts.office;
    this.#browser = parts.browser;
    this.#network = parts.network;
    this.advertiser = ids.advertiser;
    this.site = ids.site;
  }

  /** @param env further settings, like `K_ANONYMITY` */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'signpost-console-'));
    copyMigratedDatabase(dataDir);
    const settings = parseSettings({ DATA_DIR: dataDir, GEO_DB: path.join(dataDir, 'none.mmdb'), ...env });
    const logger = pino({ level: 'silent' });
    const [office, browser, network] = await Promise.all([
      openBackOffice({ settings, logger, port: 0, scheduled: false }),
      launchBrowser(),
      noNetwork(),
    ]);
    const parts = { dataDir, office, browser, network };
    const call = callerOf(office);
    const { id: advertiser = 0 } = await call('POST', '/advertisers', { name: 'Taipei Travel' });
    const { id: site = 0 } = await call('POST', '/sites', { name: 'The News', domain: 'news.example' });
    const owned = { advertiser: { advertisers: [advertiser] }, publisher: { sites: [site] } };
    for (const role of roles) {
      const user = { name: `Kim ${role}`, email: emailOf(role), role, ...Object(Reflect.get(owned, role)) };
      const { id } = await call('POST', '/users', user);
      const { token } = await call('POST', `/users/${id}/password-links`);
      await call('POST', '/passwords', { token, password });
    }
    return new Stage(parts, { advertiser, site });
  }

  /** Asks the API as the command line of the same machine. Fails on an error. */
  call(method: string, address: string, body?: object): Promise<Answer['body']> {
    return callerOf(this.#office)(method, address, body);
  }

  /** Puts three weeks of page views into the reports, up to this minute. */
  async addTraffic(perDay = 60): Promise<void> {
    const lines = pageViews({ nowMs: Date.now(), days: 21, perDay, site: this.site });
    await this.addLines('console-traffic', lines);
  }

  /** Puts events into the reports. */
  async addLines(segment: string, lines: readonly Line[]): Promise<void> {
    writeSegment(path.join(this.#dataDir, 'spool'), segment, lines);
    expect(await this.call('POST', '/jobs/ship/runs')).toMatchObject({ outcome: 'succeeded' });
  }

  /** A new window on a screen, signed in as a role; without one, signed out. */
  async visit(role: Role | undefined, address: string, look: Look = {}): Promise<Visit> {
    const { width = 1280, theme = 'light', language = 'en-US' } = look;
    const context = await this.#browser.newContext({
      viewport: { width, height: width === 1280 ? 900 : 844 },
      colorScheme: theme,
      locale: language,
      proxy: this.#network.proxy,
    });
    context.setDefaultTimeout(20_000);
    const seen = witness(context);
    if (role !== undefined) await this.signIn(context, role);
    const page = await context.newPage();
    await page.goto(`${this.origin}${address}`);
    return { context, page, ...this.#held(context, seen) };
  }

  /** As the form does, but at once. */
  async signIn(context: BrowserContext, role: Role): Promise<void> {
    const data = { email: emailOf(role), password };
    const answer = await context.request.post(`${this.origin}/api/v1/sessions`, { data });
    expect(answer.status()).toBe(201);
  }

  #held(context: BrowserContext, seen: Witness): Pick<Visit, 'allow' | 'leave'> {
    // Chromium says so of every answer 401, and asking who one is has that answer.
    const allowed = ['status of 401'];
    return {
      allow: (part) => void allowed.push(part),
      leave: async () => {
        await context.close();
        expect(seen.complaints.filter((text) => !allowed.some((part) => text.includes(part)))).toEqual([]);
        expect([...seen.origins].filter((origin) => origin !== this.origin && origin !== 'null')).toEqual([]);
        expect(this.#network.askedFor.filter((host) => host !== browsersOwn)).toEqual([]);
      },
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#network.close();
    await this.#office.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

interface StageParts {
  readonly dataDir: string;
  readonly office: BackOffice;
  readonly browser: Browser;
  readonly network: NoNetwork;
}

function callerOf({ port, localToken }: BackOffice) {
  return async (method: string, address: string, body?: object): Promise<Answer['body']> => {
    const answer = await ask(`http://127.0.0.1:${port}/api/v1${address}`, {
      method,
      headers: {
        Authorization: `Bearer ${localToken}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([address, answer.status < 300, answer.text]).toEqual([address, true, answer.text]);
    return answer.body;
  };
}

/** Axe's violations on the page as it is now, each with the places where it is. */
export async function violations(page: Page): Promise<string[]> {
  // A colour on its way to another one is neither.
  await expect.poll(() => page.evaluate(transitionsOver), { timeout: 10_000 }).toBe(true);
  await page.evaluate(axeSource);
  const found = await page.evaluate<{ id: string; nodes: { html: string; failureSummary: string }[] }[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  );
}

/** Switches the theme as a change in the system does, and waits for it to show. */
export async function switchTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor();
}

/** Fails where axe finds anything, in light or in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await switchTheme(page, theme);
    expect({ theme, found: await violations(page) }).toEqual({ theme, found: [] });
  }
}

/** Takes pictures for people to look at, where `CONSOLE_PICTURES` names a directory for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const directory = process.env['CONSOLE_PICTURES'];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await switchTheme(page, theme);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: width === 1280 ? 900 : 844 });
      // What stays in its place is where one looks first.
      await page.evaluate('scrollTo(0, 0)');
      await page.screenshot({ path: path.join(directory, `${name}-${theme}-${width}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
