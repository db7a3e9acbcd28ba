import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Bundles a script for processes of its own: Node 20 runs no TypeScript, and `dist` may be of another day. Lies within
 * node_modules, so that packages are found.
 */
export async function bundled(script: URL): Promise<{ file: string; remove: () => void }> {
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, 'node_modules', '.cache', 'signpost-race-'));
  const file = join(folder, 'child.mjs');
  await build({
    input: fileURLToPath(script),
    platform: 'node',
    external: /^[^./]/,
    output: { file, format: 'esm', codeSplitting: false },
    logLevel: 'warn',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs a script in `count` processes at once. Each connects to the port in its first argument when it is ready; when
 * all are there they are let go in the same moment. Resolves with the line that each of them printed.
 */
export async function race(file: string, count: number, args: readonly string[]): Promise<string[]> {
  const ready: Socket[] = [];
  const gate = createServer((socket) => {
    socket.on('error', () => undefined);
    ready.push(socket);
    if (ready.length === count) for (const each of ready) each.end('go');
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const address = gate.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [file, String(port), ...args], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  try {
    return await Promise.all(
      children.map(async (child) => {
        for await (const line of createInterface(child.stdout)) return line;
        throw new Error('A child ended without a word.');
      }),
    );
  } finally {
    // Their input ends: those that wait for it, end.
    await Promise.all(
      children.map((child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.stdin.end();
        return child.exitCode === null && child.signalCode === null ? ended : undefined;
      }),
    );
    await new Promise((resolve) => gate.close(resolve));
  }
}
