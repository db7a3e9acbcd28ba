import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { copyMigratedDatabase } from './migrated-database.ts';

type Role = 'all' | 'delivery' | 'backoffice';

const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'dist/server/processes/cli.js');
const startLimitMs = 60_000;
const stopLimitMs = 40_000;

export type Part = 'supervisor' | 'worker' | 'office' | 'agent';

export interface Signpost {
  /** Of the delivery workers, without a slash at its end. */
  readonly delivery: string;
  /** Of the back office. */
  readonly console: string;
  readonly dataDir: string;
  /** Of a key that may do everything, made when it was ready first. */
  readonly adminKey: string;
  /** The processes that run now, by what they are; those of a supervisor that was killed are among them. */
  pids(): Readonly<Record<Part, readonly number[]>>;
  /** `path` below /api/v1, like `/jobs`; with the admin key. Rejects where the answer is not 2xx. */
  api(path: string, init?: { method?: string; body?: unknown }): Promise<Response>;
  /** As `api`, for an answer of JSON. */
  json<Body>(path: string, init?: { method?: string; body?: unknown }): Promise<Body>;
  /** What it wrote to standard output since it was started last. */
  output(): string;
  /** What its processes wrote to standard error. */
  log(): string;
  /** Asks it to end, as a terminal or a service manager does, and waits for all of its processes. */
  stop(): Promise<void>;
  /** SIGKILL, and no waiting for what comes of it. */
  kill9(pids: readonly number[]): void;
  /** Starts it again on the same data directory and ports, without waiting. What still runs is left alone. */
  begin(): void;
  /** As `begin`, and resolves when it serves. */
  restart(): Promise<void>;
  /** Resolves when workers and back office answer. */
  ready(): Promise<void>;
  /** Resolves when everything in the log has been shipped. */
  shipped(limitMs?: number): Promise<void>;
  /** Kills whatever is left of it, and removes a data directory made by `startSignpost`. */
  dispose(): Promise<void>;
}

export interface StartOptions {
  /** Settings beside DATA_DIR, PORT and CONSOLE_PORT; nothing is inherited but PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing one, which stays when the test is over. Default: a fresh one that does not. */
  readonly dataDir?: string;
  /** Default: all. */
  readonly role?: Role;
  /**
   * With true a fresh data directory is empty, as at a user's first start. Default: the files of the embedded PostgreSQL
   * are there, without rows, because making them takes longest.
   */
  readonly empty?: boolean;
}

/**
 * Starts the built product as a user does, on free ports of loopback. Its caller has to `dispose()` of it, whatever
 * happens.
 */
export async function startSignpost(options: StartOptions = {}): Promise<Signpost> {
  const signpost = await beginSignpost(options);
  try {
    await signpost.ready();
    return signpost;
  } catch (error) {
    await signpost.dispose();
    throw error;
  }
}

/** As `startSignpost`, without waiting until it serves. */
export async function beginSignpost(options: StartOptions = {}): Promise<Signpost> {
  if (!existsSync(cli)) throw new Error(`${cli} is missing: npm run build`);
  const dataDir = options.dataDir ?? freshDataDir(options);
  const port = await freePort();
  const consolePort = await freePort(port);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LOG_LEVEL: 'warn',
    // Shorter than by default: tests wait for what was shipped.
    SPOOL_SEGMENT_MS: '200',
    ...options.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    CONSOLE_PORT: String(consolePort),
  };
  const { role = 'all' } = options;
  const signpost = new RunningSignpost(env, options.dataDir === undefined, role);
  signpost.begin();
  return signpost;
}

function freshDataDir({ env, role, empty = false }: StartOptions): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'signpost-system-'));
  const embedded = role !== 'delivery' && env?.['DATABASE_URL'] === undefined;
  if (embedded && !empty) copyMigratedDatabase(dataDir);
  return dataDir;
}

/** Looks again and again until `holds` is true. */
export async function until(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
  everyMs = 20,
): Promise<void> {
  const giveUpAt = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await pause(everyMs);
  }
}

class RunningSignpost implements Signpost {
  readonly delivery: string;
  readonly console: string;
  readonly dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #ownsDataDir: boolean;
  readonly #role: Role;
  readonly #killAll = () => this.kill9(this.#all());
  #supervisor: ChildProcess | undefined;
  #adminKey: string | undefined;
  #output = '';
  #log = '';

  constructor(
    env: Readonly<Record<'DATA_DIR' | 'PORT' | 'CONSOLE_PORT', string>>,
    ownsDataDir: boolean,
    role: Role,
  ) {
    this.#role = role;
    this.#env = env;
    this.dataDir = env.DATA_DIR;
    this.delivery = `http://127.0.0.1:${env.PORT}`;
    this.console = `http://127.0.0.1:${env.CONSOLE_PORT}`;
    this.#ownsDataDir = ownsDataDir;
    process.once('exit', this.#killAll);
  }

  get adminKey(): string {
    if (this.#adminKey === undefined) throw new Error('It was not ready yet, or serves delivery alone.');
    return this.#adminKey;
  }

  pids(): Record<Part, number[]> {
    const found: Record<Part, number[]> = { supervisor: [], worker: [], office: [], agent: [] };
    for (const { pid, part } of processesOf(this.dataDir)) found[part].push(pid);
    return found;
  }

  async api(path: string, init: { method?: string; body?: unknown } = {}): Promise<Response> {
    const response = await fetch(`${this.console}/api/v1${path}`, {
      method: init.method ?? 'GET',
      headers: { Authorization: `Bearer ${this.adminKey}`, 'Content-Type': 'application/json' },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async json<Body>(path: string, init?: { method?: string; body?: unknown }): Promise<Body> {
    return (await (await this.api(path, init)).json()) as Body;
  }

  output(): string {
    return this.#output;
  }

  log(): string {
    return this.#log;
  }

  begin(): void {
    this.#output = '';
    const supervisor = spawn(process.execPath, [cli, 'start', '--role', this.#role], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#supervisor = supervisor;
    supervisor.stdout.on('data', (chunk: Buffer) => {
      if (this.#supervisor === supervisor) this.#output += chunk.toString();
    });
    supervisor.stderr.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  async restart(): Promise<void> {
    this.begin();
    await this.ready();
  }

  async ready(): Promise<void> {
    await until('Signpost serves', startLimitMs, async () => {
      const { exitCode, signalCode } = this.#supervisor ?? { exitCode: null, signalCode: null };
      if (exitCode !== null || signalCode !== null) {
        throw new Error(`Signpost ended with ${exitCode ?? signalCode}: ${this.#log.slice(-4000)}`);
      }
      if (!this.#output.includes('Signpost is running.')) return false;
      const delivers = this.#role === 'backoffice' || (await allAnswer(`${this.delivery}/readyz`));
      return delivers && (this.#role === 'delivery' || answers(`${this.console}/api/v1/openapi.json`));
    });
    if (this.#role !== 'delivery') this.#adminKey ??= await this.#makeKey();
  }

  /** As `signpost keys add` does. The first user is an administrator. */
  async #makeKey(): Promise<string> {
    const token = readFileSync(join(this.dataDir, 'local-token'), 'utf8');
    const response = await fetch(`${this.console}/api/v1/api-keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'test', userId: 1 }),
    });
    const { key } = (await response.json()) as { key?: string };
    if (key === undefined) throw new Error(`No key was made: ${response.status}`);
    return key;
  }

  async shipped(limitMs = 60_000): Promise<void> {
    const empty = () => waitingSegments(this.dataDir).length === 0;
    await until('the log is empty', limitMs, async () => {
      if (empty()) return true;
      // The job comes every two seconds by itself, as it has to where there is no API to ask.
      if (this.#role === 'all') await this.api('/jobs/ship/runs', { method: 'POST' }).catch(() => undefined);
      return empty();
    });
  }

  kill9(pids: readonly number[]): void {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.#supervisor?.kill('SIGTERM');
    await until('Signpost ends', stopLimitMs, () => this.#all().length === 0);
  }

  async dispose(): Promise<void> {
    process.off('exit', this.#killAll);
    await until('all processes are gone', stopLimitMs, () => {
      const left = this.#all();
      this.kill9(left);
      return left.length === 0;
    });
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }

  #all(): number[] {
    return processesOf(this.dataDir).map(({ pid }) => pid);
  }
}

/** Files of the log that ClickHouse has not confirmed yet. */
export function waitingSegments(dataDir: string): string[] {
  const spool = join(dataDir, 'spool');
  return existsSync(spool) ? readdirSync(spool).filter((name) => /\.(open|jsonl)$/.test(name)) : [];
}

/** Each time on a new connection, which any of the workers may take. */
async function allAnswer(url: string): Promise<boolean> {
  for (let inARow = 0; inARow < 12; inARow++) {
    if (!(await answers(url, { Connection: 'close' }))) return false;
  }
  return true;
}

async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    return (await fetch(url, { headers, signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/**
 * The processes that serve a data directory: told by their environment, so that children whose supervisor is gone are
 * found too. One that has ended and was not reaped yet has no environment any more.
 */
function processesOf(dataDir: string): { pid: number; part: Part }[] {
  const found: { pid: number; part: Part }[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0');
      if (!environment.includes(`DATA_DIR=${dataDir}`)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      const part = command.includes('delivery-worker')
        ? 'worker'
        : command.includes('back-office')
          ? 'office'
          : command.includes('delivery-agent')
            ? 'agent'
            : 'supervisor';
      found.push({ pid: Number(name), part });
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  return found;
}

/**
 * A free port below those that the system hands out to clients: one of these could be taken by a connection of the
 * test itself while the product is down.
 */
export async function freePort(except?: number): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (port !== except && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
