import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { leftoversJob } from '../../jobs/leftovers.ts';
import { openMigratedDatabase } from '../support/migrated-database.ts';

it('the job of leftovers removes what has run out, and nothing else', async () => {
  const { db, close } = await openMigratedDatabase();
  try {
    await sql`INSERT INTO users (name, role) VALUES ('Kim', 'analyst')`.execute(db);
    await sql`INSERT INTO sessions (user_id, hash, browser, created_at, last_used_at) VALUES
      (1, sha256('a'), 'b', now() - interval '31 days', now()), (1, sha256('c'), 'b', now(), now())`.execute(
      db,
    );
    await sql`INSERT INTO password_links (user_id, hash, expires_at) VALUES
      (1, sha256('a'), now() - interval '1 hour'), (2, sha256('b'), now() + interval '1 hour')`.execute(db);
    await sql`INSERT INTO mails (kind, email, made_at) VALUES
      ('reset', 'kim@example.org', now() - interval '31 days'), ('reset', 'kim@example.org', now())`.execute(
      db,
    );
    await sql`INSERT INTO idempotency_keys (owner, key, fingerprint, created_at) VALUES
      ('user 1', 'a', 'x', now() - interval '25 hours'), ('user 1', 'b', 'x', now())`.execute(db);
    const context = { logger: pino({ level: 'silent' }), signal: AbortSignal.timeout(60_000), now: Date.now };
    const job = leftoversJob(db, 'UTC');
    expect(await job.run(context)).toEqual({ sessions: 1, links: 1, mails: 1, answers: 1 });
    expect(await job.run(context)).toEqual({ sessions: 0, links: 0, mails: 0, answers: 0 });
  } finally {
    await close();
  }
});
