import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '../../support/signpost.ts';

const cli = join(resolve(import.meta.dirname, '../../..'), 'dist/server/processes/cli.js');
const usualLimitMs = 60_000;

export interface CommandResult {
  /** null where it did not end in time and was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `signpost …` as built, away from any `.env`, and waits until it and every process it started is gone: one that
 * is left behind fails the test.
 * @param env settings; nothing is inherited but PATH and HOME
 */
export async function signpost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limitMs = usualLimitMs,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: what it leaves behind is found, and killed, by that.
    detached: true,
  });
  const group = child.pid as number;
  const timer = setTimeout(() => signalGroup(group, 'SIGKILL'), limitMs);
  try {
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    await until(`all processes of signpost ${args[0]} are gone`, 10_000, () => !signalGroup(group, 0));
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    signalGroup(group, 'SIGKILL');
  }
}

/** Says whether there was anybody in the group. */
function signalGroup(group: number, signal: 'SIGKILL' | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
