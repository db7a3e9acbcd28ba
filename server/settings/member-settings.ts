import { z } from 'zod';
import { optionalText, optionalUrl } from './fields.ts';

const days = z.coerce.number().int().min(1).max(3660);

/** Members of sites. */
export const memberSettings = {
  OFFICE_URL: optionalUrl(['http:', 'https:'])
    .transform((value) => value?.replace(/\/+$/, ''))
    .describe(
      'Where the delivery workers of this machine reach the back office, which keeps the members, like http://10.0.0.5:8090: for machines with --role delivery. Default: http://HOST:CONSOLE_PORT.',
    ),
  MEMBER_KEYS_DIR: optionalText.describe(
    "Where the members' keys are; back offices that share a database need the same. Keep no old copies of it. Default: DATA_DIR/keys/members, with a copy of its current state in BACKUP_DIR/member-keys.",
  ),
  MEMBER_ADDRESS: z
    .enum(['full', 'masked', 'none'])
    .default('masked')
    .describe(
      "How the address of a sign-in is kept in the member's own record: in full, masked (IPv4 /24, IPv6 /48), or not.",
    ),
  MEMBER_ADDRESS_DAYS: days
    .default(90)
    .describe('Days for which the sign-ins of a member, and their addresses, are kept.'),
  MEMBER_PROOF_DAYS: days
    .default(1095)
    .describe('Days for which proofs of opt-ins and opt-outs are kept, of members that were erased too.'),
  MEMBER_PAGES: optionalText
    .refine((value) => value === undefined || (/^https?:\/\//.test(value) && value.includes('{page}')), {
      error: 'must be an address with {page} in it, like https://www.example.com/account/{page}',
    })
    .describe(
      "Your own pages for the links in letters to members, with {page} for verify, email, password or account. Default: Signpost's own.",
    ),
};
