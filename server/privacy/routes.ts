import type { Kysely } from 'kysely';
import { z } from 'zod';
import { roles } from '../accounts/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { cookieKinds, cookieTable } from '../audience/purposes.ts';
import type { Tables } from '../database/index.ts';
import type { Settings } from '../settings/index.ts';
import { storeNames } from './part.ts';
import { permits } from './permits.ts';
import { policyText } from './policy/policy.ts';
import { holdings } from './register.ts';
import { type MachineScan, problemsOf, readScans } from './scan-store.ts';

const language = z
  .enum(['en', 'zh-TW'])
  .optional()
  .meta({ description: 'Of what is written for people. Default: en.' });
const storeName = z.enum(storeNames);
const where = z.enum(['memory', 'browser', 'log', 'clickhouse', 'postgres', 'backups']);

const register = z
  .object({
    holdings: z.array(
      z.object({
        id: z.string().meta({ example: 'network' }),
        about: z.enum(['visitor', 'member', 'user']),
        what: z.string(),
        why: z.string(),
        kept: z.array(z.object({ where, columns: z.array(z.string()), howLong: z.string() })),
        readers: z
          .array(z.enum(roles))
          .meta({ description: 'Who sees it one by one, and not counted with others.' }),
        consent: z.enum(['necessary', 'measurement', 'personalisation', 'advertisers']).nullable().meta({
          description: "The purpose that the visitor's consent is for; null: not a matter of consent.",
        }),
      }),
    ),
    cookies: z.array(
      z.object({ name: z.string(), purposes: z.array(z.string()), lifeDays: z.number(), holds: z.string() }),
    ),
    permitted: z
      .array(z.object({ places: z.array(z.string()), kinds: z.array(z.string()), reason: z.string() }))
      .meta({ description: 'Where addresses are meant to be, and why. All others are findings.' }),
  })
  .meta({ id: 'PrivacyRegister' });

const finding = z.object({
  machine: z.string(),
  store: z.string(),
  place: z.string().meta({ description: 'Table and column, or file.', example: 'events.page' }),
  part: z.string().nullable().meta({ description: 'Partition, blocks or file that it is in.' }),
  kind: z.enum(['address', 'network', 'mail', 'column', 'overdue']).meta({
    description:
      '`address`, `network`, `mail`: such a text. `column`: of whole numbers, whose name says that it has addresses. `overdue`: older than it is kept for.',
  }),
  count: z.int(),
  sample: z
    .string()
    .meta({ description: 'Masked; of `overdue` the day of the oldest.', example: '203.x.x.x' }),
});
const report = z
  .object({
    ok: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether nothing was found; null before the first scan.' }),
    problems: z.int(),
    scans: z.array(
      z.object({
        machine: z.string(),
        madeAt: z.string(),
        tookMs: z.number(),
        stores: z.array(
          z.object({
            store: storeName,
            parts: z.int(),
            scannedParts: z.int(),
            bytes: z.number(),
            share: z.number().meta({ description: 'Of its bytes, what the last scan had time for: 0 to 1.' }),
          }),
        ),
      }),
    ),
    findings: z.array(finding),
    unreadable: z.array(
      z.object({ machine: z.string(), store: z.string(), part: z.string().nullable(), reason: z.string() }),
    ),
  })
  .meta({ id: 'PrivacyReport' });

export interface PrivacyRouteParts {
  readonly db: Kysely<Tables>;
  readonly settings: Settings;
}

/** What is kept of whom, whether that is so, and the privacy policy that follows from it. */
export function privacyRoutes({ db, settings }: PrivacyRouteParts): Route[] {
  const common = { tag: 'Privacy', method: 'get' } as const;
  return [
    defineRoute({
      ...common,
      path: '/privacy/register',
      access: { area: 'operations', roles: { admin: 'all' } },
      operationId: 'getPrivacyRegister',
      summary: 'What is kept of people',
      description: 'Where, for how long by the settings in force, who sees it, and which consent it needs.',
      query: z.object({ language }),
      answer: { status: 200, description: 'The register.', schema: register },
      handle: ({ query }) => reply.value(shownRegister(settings, query.language ?? 'en')),
    }),
    defineRoute({
      ...common,
      path: '/privacy/report',
      access: { area: 'operations', roles: { admin: 'all' } },
      operationId: 'getPrivacyReport',
      summary: 'What was found where it should not be',
      description:
        'By the last run of the job `privacy-report` on each machine: addresses, e-mail addresses, and what is older than it is kept for. Samples are masked.',
      answer: { status: 200, description: 'The last scans.', schema: report },
      handle: async () => reply.value(shownReport(await readScans(db))),
    }),
    defineRoute({
      ...common,
      path: '/privacy/policy',
      access: { area: 'operations', roles: { admin: 'all', adops: 'all', publisher: 'all' } },
      operationId: 'getPrivacyPolicy',
      summary: 'A privacy policy for the sites',
      description:
        'Made from the settings in force. A template: who you are, and what else you do, is for you to add.',
      query: z.object({ language }),
      answer: {
        status: 200,
        description: 'The policy as Markdown.',
        schema: z
          .object({ language: z.enum(['en', 'zh-TW']), markdown: z.string() })
          .meta({ id: 'PrivacyPolicy' }),
      },
      handle({ query: { language: chosen = 'en' } }) {
        return reply.value({ language: chosen, markdown: policyText(settings, chosen) });
      },
    }),
  ];
}

function shownRegister(settings: Settings, chosen: 'en' | 'zh-TW'): z.input<typeof register> {
  return {
    holdings: holdings.map(({ what, why, kept, readers, ...holding }) => ({
      ...holding,
      ...{ what: what[chosen], why: why[chosen], readers: [...readers] },
      kept: kept.map(({ columns, howLong, ...place }) => ({
        ...{ ...place, columns: [...columns], howLong: howLong(settings)[chosen] },
      })),
    })),
    cookies: cookieKinds.map((kind) => {
      const { name, purposes, lifeDays, holds } = cookieTable[kind];
      return { name, purposes: [...purposes], lifeDays, holds };
    }),
    permitted: permits.map(({ places, kinds, reason }) => ({
      places: [...places],
      kinds: [...kinds],
      reason,
    })),
  };
}

function shownReport(scans: readonly MachineScan[]): z.input<typeof report> {
  const problems = scans.reduce((sum, scan) => sum + problemsOf(scan), 0);
  return {
    ...{ ok: scans.length === 0 ? null : problems === 0, problems },
    scans: scans.map(({ machine, madeAt, tookMs, stores }) => ({
      ...{ machine, madeAt, tookMs },
      stores: stores.map(({ store, parts, scannedParts, bytes, scannedBytes }) => ({
        ...{ store, parts, scannedParts, bytes },
        share: bytes === 0 ? 1 : Math.min(1, scannedBytes / bytes),
      })),
    })),
    findings: scans.flatMap(({ machine, stores, overdue }) => [
      ...stores.flatMap(({ store, findings }) => findings.map((found) => ({ machine, store, ...found }))),
      ...overdue.map(({ oldest, ...found }) => ({
        ...{ machine, ...found, part: null, kind: 'overdue' as const, sample: oldest },
      })),
    ]),
    unreadable: scans.flatMap(({ machine, stores, failed }) => [
      ...stores.flatMap(({ store, unreadable }) => unreadable.map((each) => ({ machine, store, ...each }))),
      ...failed.map(({ store, reason }) => ({ machine, store, part: null, reason })),
    ]),
  };
}
