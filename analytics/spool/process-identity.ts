import { readFileSync } from 'node:fs';

/**
 * Names one process for as long as the machine runs: a process id alone is used again. `started` is the kernel's
 * start time in clock ticks since boot on Linux, and 0 where there is no /proc.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: number;
}

export function ownIdentity(): ProcessIdentity {
  const started = startTicks(process.pid);
  return { pid: process.pid, started: typeof started === 'number' ? started : 0 };
}

/**
 * Whether that very process still runs; one that has ended but was not yet reaped does not. Where that cannot be found
 * out, it counts as running: who takes a running process for ended takes its files away under its hands.
 */
export function isRunning(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (identity.started === 0) return true;
  const started = startTicks(identity.pid);
  return started === 'unknown' || started === identity.started;
}

/**
 * Field 22 of /proc/<pid>/stat (proc(5)); the command name before it may hold blanks and parentheses. Undefined where the
 * process has ended.
 */
function startTicks(pid: number): number | undefined | 'unknown' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return Number(fields[19]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH' ? undefined : 'unknown';
  }
}
