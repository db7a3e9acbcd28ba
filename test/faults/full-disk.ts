import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A data directory whose disk can be filled to the last byte, and emptied again. */
export interface FillableDisk {
  /** `file system`: all of it is full (ENOSPC). `limit`: the processes given may write no file further (EFBIG). */
  readonly kind: 'file system' | 'limit';
  readonly dataDir: string;
  fill(pids: readonly number[]): void;
  free(pids: readonly number[]): void;
  remove(): void;
}

const diskBytes = 2048 * 1024 * 1024;

/** A file system of its own where this user may mount one, else what every system has: a limit of the process. */
export function fillableDisk(): FillableDisk {
  const root = mkdtempSync(join(tmpdir(), 'signpost-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'signpost-test', root], {
      stdio: 'ignore',
    });
  } catch {
    return limitedProcesses(root);
  }
  const dataDir = join(root, 'data');
  const ballast = join(root, 'ballast');
  mkdirSync(dataDir);
  return {
    kind: 'file system',
    dataDir,
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove() {
      // Lazily: a process that was killed may still be ending.
      execFileSync('umount', ['-l', root]);
      rmdirSync(root);
    },
  };
}

function fillUp(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const bytes of [16 * 1024 * 1024, 64 * 1024, 4096]) {
      const block = Buffer.alloc(bytes);
      try {
        while (writeSync(descriptor, block) > 0);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function limitedProcesses(dataDir: string): FillableDisk {
  const limit = (pids: readonly number[], bytes: string) => {
    for (const pid of pids) {
      try {
        execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { stdio: 'ignore' });
      } catch {
        // The process has ended.
      }
    }
  };
  return {
    kind: 'limit',
    dataDir,
    fill: (pids) => limit(pids, '0'),
    free: (pids) => limit(pids, 'unlimited'),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}
