import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const startLimitMs = 20_000;

/** Programs of the newest installed server, in Debian's place for them. */
function findPrograms(): string | undefined {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => path.join(base, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'initdb')));
}

const programs = findPrograms();

/** Whether tests against a server have to be left out, which is said aloud. Never in CI. */
export function noPostgres(): boolean {
  if (programs !== undefined || process.env['CI']) return false;
  console.warn('Skipped: tests against a PostgreSQL server. Debian: apt-get install postgresql');
  return true;
}

/** PostgreSQL refuses to run as root. */
function asPostgres(program: string, args: readonly string[]): [string, string[]] {
  const file = path.join(programs ?? '', program);
  return isRoot
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...args]]
    : [file, [...args]];
}

export interface PostgresServer {
  readonly url: string;
  /** Ends it, with its connections. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** A throw-away PostgreSQL server on loopback. */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'signpost-postgres-'));
  chmodSync(directory, 0o777);
  const cluster = path.join(directory, 'cluster');
  await run(
    ...asPostgres('initdb', ['-D', cluster, '-A', 'trust', '-U', 'signpost', '--no-sync', '-E', 'UTF8']),
  );
  const port = await freePort();
  let stop = async () => {};
  const start = async () => {
    const options = ['-D', cluster, '-p', String(port), '-k', '', '-c', 'fsync=off', '-h', '127.0.0.1'];
    const server = spawn(...asPostgres('postgres', options), { stdio: 'ignore' });
    stop = async () => {
      stop = async () => {};
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
    };
    const giveUpAt = Date.now() + startLimitMs;
    while (!(await accepts(port))) {
      if (Date.now() > giveUpAt) throw new Error('PostgreSQL did not start.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await start();
  return {
    url: `postgres://signpost@127.0.0.1:${port}/postgres`,
    start,
    stop: () => stop(),
    dispose: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Not only whether the port is open: while it starts up a server takes connections and refuses them. */
function accepts(port: number): Promise<boolean> {
  const [program, args] = asPostgres('pg_isready', ['-q', '-h', '127.0.0.1', '-p', String(port)]);
  return run(program, args).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}
