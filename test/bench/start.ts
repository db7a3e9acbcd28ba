import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures } from './main.ts';
import { median } from './processes.ts';

const rounds = 3;
const idleAfterMs = 20_000;

/**
 * `npm start` on an existing data directory: time to the first ad. And memory of all processes once they are idle, after
 * the first start and after another one: the larger counts.
 */
export async function benchStart(print: (line: string) => void): Promise<Figures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  try {
    const first = await firstAd(dataDir, await freePort(), await freePort());
    print(`first start, empty data directory: first ad after ${Math.round(first.ms)} ms`);
    const idleFirst = await idleMemory(first, print);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = await firstAd(dataDir, await freePort(), await freePort());
      times.push(started.ms);
      await until(() => started.output.includes('Signpost is running'));
      await stop(started.child);
    }
    const idle = await firstAd(dataDir, await freePort(), await freePort());
    const idleNext = await idleMemory(idle, print);
    return {
      first_ad_ms: median(times),
      idle_rss_mb: Math.max(idleFirst, idleNext),
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Started {
  ms: number;
  readonly child: ChildProcess;
  output: string;
}

/** Megabytes of all processes a while after the start; ends them. */
async function idleMemory(started: Started, print: (line: string) => void): Promise<number> {
  await until(() => started.output.includes('Signpost is running'));
  await new Promise((resolve) => setTimeout(resolve, idleAfterMs));
  const processes = memoryOf(started.child.pid as number);
  for (const { command, megabytes } of processes) print(`${megabytes.toFixed(0).padStart(5)} MB  ${command}`);
  await stop(started.child);
  return processes.reduce((sum, { megabytes }) => sum + megabytes, 0);
}

async function firstAd(dataDir: string, port: number, consolePort: number): Promise<Started> {
  const startedAt = performance.now();
  const cli = new URL('../../server/processes/cli.js', import.meta.url).pathname;
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    CONSOLE_PORT: String(consolePort),
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [cli, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const started: Started = { ms: 0, child, output: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    started.output += chunk.toString();
  });
  await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/ad?zone=1`).catch(() => undefined);
    const answer = response?.ok === true ? ((await response.json()) as { creative: unknown }) : undefined;
    return answer !== undefined && answer.creative !== null;
  });
  started.ms = performance.now() - startedAt;
  return started;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('Signpost did not start');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory of a process and its children. */
function memoryOf(pid: number): { command: string; megabytes: number }[] {
  const table = execFileSync('ps', ['-o', 'rss=,args=', '--pid', String(pid), '--ppid', String(pid)], {
    encoding: 'utf8',
  });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [kilobytes, ...command] = line.trim().split(/\s+/);
      return {
        megabytes: (Number(kilobytes) * 1024) / 1e6,
        command: command
          .slice(1)
          .join(' ')
          .replace(/^.*\/dist\//, ''),
      };
    });
}
