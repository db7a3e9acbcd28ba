import type { ErrorCode } from '../errors.ts';

/** What children tell the supervisor. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly port: number; readonly adminLink?: string; readonly demo?: boolean }
  | { readonly kind: 'fatal'; readonly code: ErrorCode; readonly detail: string };

/** What the supervisor tells children: finish what is under way and end. */
export type SupervisorMessage = { readonly kind: 'stop' };

export function tellSupervisor(message: ChildMessage): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

/**
 * Calls `stop` once: when the supervisor says so, and when it is gone. Signals of the terminal reach every process of
 * the group; the supervisor alone acts on them.
 */
export function onStop(stop: () => void): void {
  let stopped = false;
  const once = () => {
    if (stopped) return;
    stopped = true;
    stop();
  };
  process.on('message', (message: SupervisorMessage) => {
    if (message.kind === 'stop') once();
  });
  process.on('disconnect', once);
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', once);
}
