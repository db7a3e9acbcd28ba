import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';
import { textTable } from './text-table.ts';

interface ListedKey {
  readonly id: number;
  readonly name: string;
  readonly userId: number | null;
  readonly advertiserId: number | null;
  readonly scopes: readonly string[] | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface KeyOptions {
  readonly user?: string;
  readonly advertiser?: string;
  readonly scopes?: string;
}

export async function listKeys(settings: Settings): Promise<void> {
  const keys = await withOffice(settings, async (office) => {
    const read: ListedKey[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = await office.fetch(`/api-keys?limit=200&after=${after}`);
      const { items, next } = (await page.json()) as { items: ListedKey[]; next: number | null };
      read.push(...items);
      after = next;
    }
    return read;
  });
  const rows = keys.map((key) => [
    ...[String(key.id), key.name, ownerText(key), key.scopes?.join(', ') ?? 'all'],
    ...[shownTime(key.lastUsedAt), shownTime(key.revokedAt)],
  ]);
  const heads = ['id', 'name', 'of', 'scopes', 'last used (UTC)', 'revoked (UTC)'];
  process.stdout.write(textTable(heads, rows, [true, false, false, false, false, false]));
}

/** Makes a key and prints it, and nothing else: for scripts to take. */
export async function addKey(settings: Settings, name: string, options: KeyOptions): Promise<void> {
  const { user, advertiser, scopes } = options;
  const body = {
    name,
    ...(user === undefined ? {} : { userId: Number(user) }),
    ...(advertiser === undefined ? {} : { advertiserId: Number(advertiser) }),
    ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((scope) => scope.trim()) }),
  };
  const made = await withOffice(settings, (office) =>
    office.fetch('/api-keys', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  process.stdout.write(`${((await made.json()) as { key: string }).key}\n`);
}

export async function revokeKey(settings: Settings, id: string): Promise<void> {
  await withOffice(settings, (office) =>
    office.fetch(`/api-keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  );
  process.stdout.write(`The key ${id} lets nobody in any more.\n`);
}

const ownerText = ({ userId, advertiserId }: ListedKey): string =>
  userId === null ? `advertiser ${advertiserId}` : `user ${userId}`;

const shownTime = (instant: string | null): string =>
  instant === null ? '–' : instant.slice(0, 16).replace('T', ' ');
