import { z } from 'zod';
import { hasSnippetMacro, restoreMacros } from './macros.ts';

/** Largest id: ids are int4. */
export const maxId = 2_147_483_647;

export const id = z.int().min(1).max(maxId);

export const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
  .meta({ description: 'For people; need not be unique.', example: 'Summer in Taipei' });

/** What another system calls it; unique among those with the same parent. */
export const externalId = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
  .nullable()
  .meta({
    description:
      'What another system calls it: an import finds it again by this. No other one of the same parent has it.',
    example: 'CRM-4711',
  });

/** Of demand: what is paused or archived, and all that belongs to it, is not shown. */
export const demandStatus = z.enum(['active', 'paused', 'archived']).meta({
  description: 'What is paused or archived is not shown, nor is anything that belongs to it.',
  example: 'active',
});

/** Of supply: an archived site or zone is unknown to delivery. */
export const supplyStatus = z.enum(['active', 'archived']).meta({
  description: 'An archived site or zone is not known to delivery any more.',
  example: 'active',
});

const timestamp = z.iso.datetime().meta({ example: '2026-11-23T09:30:00.000Z' });

/** Fields of every answer. */
export const answered = {
  id,
  demo: z.boolean().meta({ description: 'Came with the demo inventory, and goes with it.' }),
  createdAt: timestamp,
  updatedAt: timestamp,
};

/** Columns that every entity has, as they are read. */
interface CommonRow {
  readonly id: number;
  readonly name: string;
  readonly demo: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function commonOutput(row: CommonRow) {
  return {
    id: row.id,
    name: row.name,
    demo: row.demo,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A point in time with its offset, as a Date, between the years 1970 and 9999. */
export const timeInput = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const ms = Date.parse(text);
    return ms >= 0 && ms < 253_402_300_800_000;
  }, 'must be a time between the years 1970 and 9999')
  .meta({
    description: 'ISO 8601 with offset, like 2026-12-01T00:00:00+08:00.',
    example: '2026-12-01T00:00:00Z',
  });

const maxUrlLength = 2048;

/** Says what is wrong with a URL that a click would lead to; undefined where nothing is. */
function clickUrlProblem(text: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(text)) return 'must not contain spaces or control characters';
  // The parser would also take `https:host` and `https:\\host`.
  if (!/^https?:\/\/[^/\\?#]/i.test(text) || !URL.canParse(text)) {
    return 'must be an absolute URL that starts with https:// or http://';
  }
  // Braces are allowed in a host, and a macro there would let a value choose it.
  if (/^https?:\/\/[^/\\?#]*[{}]/i.test(text)) return 'must not have a macro before the path';
  if (hasSnippetMacro(text))
    return 'may have {advertiser_handle}; its number, value and pixel are for snippets alone';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  return url.href.length > maxUrlLength ? `must have at most ${maxUrlLength} characters` : undefined;
}

/** An absolute http(s) URL in the form a Location header takes: ASCII, and the host in punycode. */
export const clickUrlInput = z
  .string()
  .max(maxUrlLength)
  .superRefine((text, context) => {
    const message = clickUrlProblem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .overwrite((text) => (URL.canParse(text) ? restoreMacros(new URL(text).href) : text))
  .meta({
    description:
      'Where a click leads: an absolute http or https URL without user name and password. Macros such as {city_enc} may stand after the host.',
    example: 'https://example.com/taipei',
  });
