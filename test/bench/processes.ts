import { type ChildProcess, execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoadOrder, LoadResult } from './load-client.ts';

export interface BenchServer {
  readonly port: number;
  readonly child: ChildProcess;
  stop(): void;
}

/** Starts one of this folder's servers and waits until it listens. */
export async function startServer(
  script: string,
  argument: string,
  execArgv: readonly string[] = [],
): Promise<BenchServer> {
  const child = fork(new URL(script, import.meta.url), [argument], { execArgv: [...execArgv] });
  const { port } = await message<{ port: number }>(child);
  return { port, child, stop: () => void child.kill('SIGKILL') };
}

export function message<Content>(child: ChildProcess): Promise<Content> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (content) => {
      child.off('exit', ended);
      resolve(content as Content);
    });
  });
}

/** What a server's process has used so far. */
export interface Usage {
  readonly rssBytes: number;
  /** Processor time, in microseconds. */
  readonly cpuUs: number;
}

/** In the server's process: answers `usageOf`. */
export function answerUsage(): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ rssBytes: process.memoryUsage.rss(), cpuUs: user + system } satisfies Usage);
  });
}

export function usageOf({ child }: BenchServer): Promise<Usage> {
  child.send('usage');
  return message<Usage>(child);
}

export async function load(order: LoadOrder): Promise<LoadResult> {
  const script = new URL('./load-client.js', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)]);
  return JSON.parse(stdout) as LoadResult;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
