import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { type Signpost, startSignpost } from '../../support/signpost.ts';
import { type NoNetwork, noNetwork } from '../no-network.ts';
import { type Publisher, startPublisher } from '../publisher.ts';
import { type ReverseProxy, startReverseProxy } from '../reverse-proxy.ts';
import { emailOf, password, type Role } from './stage.ts';

/** For Node.js: the process's own clock is ahead of the machine's by `ms`; timers run as ever. */
function clockAhead(ms: number): string {
  const script = `const now = () => Real.now() + ${ms};
    const Real = globalThis.Date;
    globalThis.Date = new Proxy(Real, {
      construct: (target, at, made) => Reflect.construct(target, at.length === 0 ? [now()] : at, made),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}

/** The built product, a site's page on an origin of its own, and a proxy before delivery that says where visitors come from. */
export class ProductStage {
  product: Signpost;
  readonly browser: Browser;
  readonly proxy: ReverseProxy;
  readonly publisher: Publisher;
  readonly network: NoNetwork;
  readonly #env: Readonly<Record<string, string>>;
  readonly #first: Signpost;

  private constructor(
    parts: Pick<ProductStage, 'product' | 'browser' | 'proxy' | 'publisher' | 'network'>,
    env: Readonly<Record<string, string>>,
  ) {
    this.product = parts.product;
    this.browser = parts.browser;
    this.proxy = parts.proxy;
    this.publisher = parts.publisher;
    this.network = parts.network;
    this.#env = env;
    this.#first = parts.product;
  }

  /** @param visitor address that visitors come from at first */
  static async open(visitor: string, settings: Readonly<Record<string, string>>): Promise<ProductStage> {
    const proxy = await startReverseProxy(visitor);
    const env = { ...settings, PUBLIC_URL: proxy.origin };
    const [product, browser, publisher, network] = await Promise.all([
      startSignpost({ env }),
      launchBrowser(),
      startPublisher(),
      noNetwork(),
    ]);
    proxy.target = product.delivery;
    await product.api('/demo', { method: 'DELETE' });
    return new ProductStage({ product, browser, proxy, publisher, network }, env);
  }

  /** Somebody who can sign in with `emailOf(role)` and `password`. */
  async addUser(role: Role, owned: { advertisers?: number[]; sites?: number[] } = {}): Promise<void> {
    const body = { name: `Kim ${role}`, email: emailOf(role), role, ...owned };
    const { id } = await this.product.json<{ id: number }>('/users', { method: 'POST', body });
    const { token } = await this.product.json<{ token: string }>(`/users/${id}/password-links`, {
      method: 'POST',
    });
    await this.product.api('/passwords', { method: 'POST', body: { token, password } });
  }

  /** A browser profile with no network but loopback. */
  async profile(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext({ ...options, proxy: this.network.proxy });
    context.setDefaultTimeout(20_000);
    return context;
  }

  /** As the form does, but at once. */
  async signIn(context: BrowserContext, role: Role): Promise<void> {
    const data = { email: emailOf(role), password };
    const answer = await context.request.post(`${this.product.console}/api/v1/sessions`, { data });
    expect(answer.status()).toBe(201);
  }

  /** Ends the product, and starts it on what it has stored, so many days later. */
  async daysLater(days: number): Promise<void> {
    await this.product.stop();
    const env = { ...this.#env, NODE_OPTIONS: clockAhead(days * 86_400_000) };
    this.product = await startSignpost({ env, dataDir: this.product.dataDir });
    this.proxy.target = this.product.delivery;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.proxy.close();
    await this.publisher.close();
    await this.network.close();
    if (this.product !== this.#first) await this.product.dispose();
    await this.#first.dispose();
  }
}
