import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { type OfficeClient, withOffice } from './office-client.ts';
import { textTable } from './text-table.ts';

interface ListedUser {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly role: string;
  readonly status: string;
  readonly advertisers: readonly number[];
  readonly sites: readonly number[];
}

export interface InviteOptions {
  readonly role: string;
  readonly name?: string;
  readonly advertisers?: string;
  readonly sites?: string;
  readonly language: string;
  readonly mail?: true;
}

/** Prints the link for the first administrator. @throws AppError `conflict` where there is one */
export async function adminLink(settings: Settings): Promise<void> {
  const made = await withOffice(settings, (office) => office.fetch('/admin-links', { method: 'POST' }));
  await printLink(made);
}

export async function listUsers(settings: Settings): Promise<void> {
  const users = await withOffice(settings, readUsers);
  const rows = users.map(({ id, name, email, role, status, advertisers, sites }) => [
    ...[String(id), name, email ?? '–', role, [...advertisers, ...sites].join(', '), status],
  ]);
  const heads = ['id', 'name', 'e-mail', 'role', 'sees', 'status'];
  process.stdout.write(textTable(heads, rows, [true, false, false, false, false, false]));
}

/** Makes a user, and prints or mails the link by which they set their password. */
export async function inviteUser(settings: Settings, email: string, options: InviteOptions): Promise<void> {
  const { role, name = email.split('@')[0] } = options;
  const owned = { advertisers: ids(options.advertisers), sites: ids(options.sites) };
  const body = { name, email, role, language: options.language, ...owned };
  await withOffice(settings, async (office) => {
    const made = await office.fetch('/users', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { id } = (await made.json()) as ListedUser;
    await giveLink(office, id, options.mail);
  });
}

/** Prints or mails a link by which a user sets a new password. @param who id or e-mail address */
export async function linkUser(settings: Settings, who: string, { mail }: { mail?: true }): Promise<void> {
  await withOffice(settings, async (office) => giveLink(office, (await userNamed(office, who)).id, mail));
}

async function giveLink(office: OfficeClient, id: number, mail: true | undefined): Promise<void> {
  if (mail === undefined)
    return printLink(await office.fetch(`/users/${id}/password-links`, { method: 'POST' }));
  await office.fetch(`/users/${id}/invitations`, { method: 'POST' });
  process.stdout.write('The link will be mailed.\n');
}

/** @param who id or e-mail address */
export async function archiveUser(settings: Settings, who: string): Promise<void> {
  const name = await withOffice(settings, async (office) => {
    const user = await userNamed(office, who);
    await office.fetch(`/users/${user.id}`, { method: 'DELETE' });
    return user.name;
  });
  process.stdout.write(`${name} cannot sign in any more.\n`);
}

/** For who has lost the app and the recovery codes. @param who id or e-mail address */
export async function removeSecondFactor(settings: Settings, who: string): Promise<void> {
  const name = await withOffice(settings, async (office) => {
    const user = await userNamed(office, who);
    await office.fetch(`/users/${user.id}/second-factor`, { method: 'DELETE' });
    return user.name;
  });
  process.stdout.write(`${name} signs in without a second factor.\n`);
}

async function readUsers(office: OfficeClient): Promise<ListedUser[]> {
  const users: ListedUser[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await office.fetch(`/users?limit=200&after=${after}`);
    const { items, next } = (await page.json()) as { items: ListedUser[]; next: number | null };
    users.push(...items);
    after = next;
  }
  return users;
}

async function userNamed(office: OfficeClient, who: string): Promise<ListedUser> {
  const found = (await readUsers(office)).find(
    ({ id, email }) => String(id) === who || email?.toLowerCase() === who.toLowerCase(),
  );
  if (found === undefined) throw new AppError('not_found', `There is no user ${who}.`);
  return found;
}

async function printLink(response: Response): Promise<void> {
  const { url, expiresAt } = (await response.json()) as { url: string; expiresAt: string };
  const until = expiresAt.slice(0, 16).replace('T', ' ');
  process.stdout.write(`${url}\nIt works once, until ${until} UTC.\n`);
}

/** `1,2` as numbers; what is none is left for the API to refuse. */
function ids(text: string | undefined): (number | string)[] {
  const parts = text === undefined ? [] : text.split(',').map((part) => part.trim());
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
