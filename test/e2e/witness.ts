import type { BrowserContext, Frame, Page } from 'playwright-core';

// What runs in the page is text here: the tests are checked without the DOM's types.
const whatIsStored = `(async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
}))()`;

/** What nobody should see in a browser's console, and who was talked to. */
export interface Witness {
  readonly complaints: readonly string[];
  readonly origins: ReadonlySet<string>;
  /** URLs whose answers set a cookie. */
  readonly cookieSetters: readonly string[];
  /** Everything that is kept in the browser; nothing, if all is well. */
  kept(): Promise<string[]>;
}

/** Watches every page of a context from now on. */
export function witness(context: BrowserContext): Witness {
  const complaints: string[] = [];
  const origins = new Set<string>();
  const cookieSetters: string[] = [];
  context.on('request', (request) => void origins.add(new URL(request.url()).origin));
  context.on('response', async (response) => {
    const headers = await response.allHeaders().catch(() => ({}));
    if ('set-cookie' in headers) cookieSetters.push(response.url());
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => void complaints.push(String(error.error())));
  return {
    complaints,
    origins,
    cookieSetters,
    async kept() {
      const cookies = (await context.cookies()).map(({ name }) => `cookie ${name}`);
      const frames = context.pages().flatMap((page: Page) => page.frames());
      return [...cookies, ...(await Promise.all(frames.map(storedIn))).flat()];
    },
  };
}

async function storedIn(frame: Frame): Promise<string[]> {
  const stored = await frame.evaluate<Record<string, string | number>>(whatIsStored);
  return Object.entries(stored)
    .filter(([, amount]) => amount !== 0 && amount !== '')
    .map(([where, amount]) => `${where} of ${frame.url()}: ${amount}`);
}
