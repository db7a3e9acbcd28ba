import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The library's default algorithm is argon2id. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** As typed on whatever keyboard: the same letters in one form (Unicode NFKC). */
const bytesOf = (password: string): string => password.normalize('NFKC');

/** The argon2id hash of a password, with its salt and cost, as PHC string. */
export const hashPassword = (password: string): Promise<string> => hash(bytesOf(password), cost);

let nobodys: Promise<string> | undefined;

/** Takes as long where there is no password to compare with, so that time does not tell who has one. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this one');
  const same = await verify(stored ?? (await nobodys), bytesOf(password));
  return same && stored !== null;
}
