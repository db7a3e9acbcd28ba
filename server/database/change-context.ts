import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf the database is changed, for the audit log. */
export interface ChangeContext {
  /** A UUID: the same for all that one request changes. */
  readonly request: string;
  /** `local`: the command line of this machine. `nobody`: somebody who has not signed in. */
  readonly actor: 'user' | 'key' | 'local' | 'nobody';
  readonly userId: number | null;
  readonly keyId: number | null;
  readonly sessionId: number | null;
  /** A network like `192.0.2.0/24`, never an address. */
  readonly address: string | null;
}

interface Held {
  readonly context: ChangeContext;
  over: boolean;
}

const held = new AsyncLocalStorage<Held>();

/**
 * Does some work on somebody's behalf: every change of the database until it has ended is theirs. What it leaves behind,
 * like a timer, is not.
 */
export async function onBehalfOf<Result>(
  context: ChangeContext,
  work: () => Promise<Result>,
): Promise<Result> {
  const one: Held = { context, over: false };
  try {
    return await held.run(one, work);
  } finally {
    one.over = true;
  }
}

/** On whose behalf this is; undefined: Signpost itself. */
export function changeContext(): ChangeContext | undefined {
  const one = held.getStore();
  return one === undefined || one.over ? undefined : one.context;
}

/** As the triggers of the audit log read it. */
export function contextText({ request, actor, userId, keyId, sessionId, address }: ChangeContext): string {
  return JSON.stringify({
    ...{ request, actor, address },
    ...{ user_id: userId, key_id: keyId, session_id: sessionId },
  });
}
