import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Kysely } from 'kysely';
import type { Identity } from '../accounts/index.ts';
import { hasRecord, recordEvent } from '../audit/index.ts';
import { type ChangeContext, onBehalfOf, type Tables } from '../database/index.ts';
import type { RouteServices } from './route.ts';

/**
 * Sees to it that no request changes anything without a line in the audit log: tables write theirs by themselves, handlers
 * what is in no table, and where neither did, the operation itself is the line.
 * @param networkOf the client's network like `192.0.2.0/24`; null where it is not known
 */
export function createAudited(
  db: Kysely<Tables>,
  networkOf: (request: IncomingMessage) => string | null,
): RouteServices['audited'] {
  return async ({ who, otherwise }, request, work) => {
    const context: ChangeContext = {
      ...{ request: randomUUID(), actor: actorOf(who), address: networkOf(request) },
      ...{ userId: who?.userId ?? null, keyId: who?.keyId ?? null, sessionId: who?.sessionId ?? null },
    };
    return onBehalfOf(context, async () => {
      let recorded = false;
      const result = await work((event) => {
        recorded = true;
        return recordEvent(db, event);
      });
      if (otherwise !== null && !recorded && !(await hasRecord(db, context.request))) {
        await recordEvent(db, otherwise);
      }
      return result;
    });
  };
}

function actorOf(who: Identity | undefined): ChangeContext['actor'] {
  if (who === undefined) return 'nobody';
  if (who.keyId !== null) return 'key';
  return who.userId === null ? 'local' : 'user';
}
