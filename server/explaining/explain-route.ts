import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type GeoDb, type Location, parseAddress, unknownLocation } from '../../geo-db/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import {
  type Browser,
  BrowserReader,
  explain,
  factsOfRequest,
  InventoryIndex,
  type NoFillReason,
  noFillReasons,
  outcomes,
  type Verdict,
} from '../delivery/index.ts';
import { AppError } from '../errors.ts';
import { compileSnapshot, type InventorySnapshot, maxId, targetingSchema } from '../inventory/index.ts';
import type { Standing } from '../pacing/index.ts';
import { idleCauses, idleReasons } from './idle-reasons.ts';
import { allowanceOf, explainedPacing, pacingHold, pacingSchema } from './pacing-state.ts';

const query = z.object({
  zone: integerText({ min: 1, max: maxId, description: "The zone's id.", example: 12 }),
  ip: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "The visitor's address. Default: unknown.", example: '131.159.0.1' }),
  ua: z.string().max(1000).optional().meta({ description: 'User-Agent header. Default: none.' }),
  lang: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Accept-Language header. Default: none.', example: 'de-DE' }),
  url: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: "The page's address.", example: 'https://news.example/sport' }),
  ref: z.string().max(2000).optional().meta({ description: "The referrer's address." }),
  kv: z.string().max(2000).optional().meta({ description: "The page's keys.", example: 'section:sport' }),
  at: z.iso.datetime({ offset: true }).optional().meta({ description: 'When. Default: now.' }),
});

const lineItem = z
  .object({
    id: z.int(),
    name: z.string(),
    campaign: z.string(),
    advertiser: z.string(),
    type: z.string(),
    weight: z.int(),
    candidate: z.boolean().meta({ description: 'Whether it took part in the draw.' }),
    share: z.number().meta({ description: 'Its chance in the draw, 0 to 1.' }),
    outcome: z.enum([...new Set([...outcomes, ...idleCauses, 'size' as const])]).meta({
      description:
        'The reason in one word: `drawn`, or what dropped it. `passed_over`: see `passedOver`; `size`: it has nothing that fits the zone.',
    }),
    passedOver: z
      .enum(Object.keys(noFillReasons) as [NoFillReason, ...NoFillReason[]])
      .nullable()
      .meta({ description: 'Why it is passed over although it matches and runs.' }),
    unmet: z.array(targetingSchema).meta({
      description: 'Where targeting dropped it: those of its rules that do not match the visitor.',
    }),
    reason: z.string().meta({ description: 'Why, in words: what it matched, or what dropped it.' }),
    pacing: pacingSchema.nullable().meta({
      description: 'How it stands now. Null without goal and budget, and where `at` asks about another time.',
    }),
  })
  .meta({ id: 'ExplainedLineItem' });

const answer = z
  .object({
    at: z.string(),
    zone: z.object({ id: z.int(), site: z.int(), sizes: z.array(z.tuple([z.int(), z.int()])) }),
    visitor: z.object({
      country: z.string().nullable(),
      region: z.string().nullable(),
      city: z.string().nullable(),
      timeZone: z.string().nullable(),
      browser: z.string(),
      browserVersion: z.int(),
      os: z.string(),
      device: z.string(),
      language: z.string(),
    }),
    lineItems: z.array(lineItem).meta({ description: 'Those with a chance first, the likeliest in front.' }),
  })
  .meta({ id: 'Explanation' });

export interface ExplainParts {
  readonly db: Kysely<Tables>;
  /** Where line items with a goal or a budget stand, by their ids. */
  readonly standings: (
    lineItems: InventorySnapshot['lineItems'],
    nowMs: number,
  ) => Promise<ReadonlyMap<number, Standing>>;
  readonly geo: () => Promise<GeoDb>;
  readonly now: () => number;
}

/** "Why this ad": the decision's own code, asked about a request that somebody describes. Nothing is counted. */
export function explainRoute({ db, standings, geo, now }: ExplainParts): Route {
  const browsers = new BrowserReader();
  return defineRoute({
    tag: 'Explain',
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
    method: 'get',
    path: '/explain',
    operationId: 'explainDecision',
    summary: 'Why this ad',
    description:
      'For each line item whether it was a candidate, which rule dropped it, its chance, and how it stands with its goal and budget. Leases are those of all workers together; where nobody holds one, what the back office would lease now.',
    query,
    errors: ['unknown_zone'],
    answer: { status: 200, description: 'The decision, explained.', schema: answer },
    async handle({ query: asked }) {
      const nowMs = asked.at === undefined ? now() : Date.parse(asked.at);
      const snapshot = await compileSnapshot(db, nowMs);
      const inventory = new InventoryIndex(snapshot, '');
      const zone = inventory.zone(asked.zone);
      if (zone === undefined) throw new AppError('unknown_zone', `There is no zone ${asked.zone}.`);
      const location = await locate(geo, asked.ip);
      const browser = browsers.read(asked.ua);
      const facts = factsOfRequest({ ...asked, location, browser, site: zone.zone.siteId, nowMs });
      // The books know the present alone: at another time everybody is taken to have leases.
      const standing = asked.at === undefined ? await standings(snapshot.lineItems, nowMs) : undefined;
      const state = standing === undefined ? {} : { allowance: allowanceOf(snapshot.lineItems, standing) };
      return reply.value({
        at: new Date(nowMs).toISOString(),
        zone: { id: zone.zone.id, site: zone.zone.siteId, sizes: zone.zone.sizes.map(([w, h]) => [w, h]) },
        visitor: { ...shown(location, browser), language: facts.language },
        lineItems: await withNames(db, nowMs, explain(inventory, zone, facts, state), standing),
      });
    },
  });
}

async function locate(geo: () => Promise<GeoDb>, ip: string | undefined): Promise<Location> {
  if (ip === undefined || ip === '') return unknownLocation;
  const address = parseAddress(ip);
  if (address !== undefined) return (await geo()).lookup(address);
  const fields = [{ path: '/ip', message: 'must be an IPv4 or IPv6 address' }];
  throw new AppError('invalid_input', 'The address is not an IP address.', { fields });
}

function shown(location: Location, { facts }: Browser) {
  return {
    country: location.country ?? null,
    region: location.region ?? null,
    city: location.city ?? null,
    timeZone: location.timeZone ?? null,
    browser: facts.browser,
    browserVersion: facts.browserVersion,
    os: facts.os,
    device: facts.device,
  };
}

/** Every line item that is not archived: also those that are paused, or have nothing that fits, with that as reason. */
async function withNames(
  db: Kysely<Tables>,
  nowMs: number,
  verdicts: readonly Verdict[],
  standings: ReadonlyMap<number, Standing> | undefined,
) {
  const told = new Map(verdicts.map((verdict) => [verdict.lineItemId, verdict]));
  const rows = await idleReasons(db, nowMs);
  return rows
    .map(({ idle, ...row }) => {
      const verdict = told.get(row.id);
      const standing = standings?.get(row.id);
      return {
        ...row,
        candidate: verdict?.drawn ?? false,
        share: verdict?.share ?? 0,
        outcome: verdict?.outcome ?? idle?.cause ?? ('size' as const),
        passedOver: verdict?.passedOver ?? null,
        unmet: [...(verdict?.unmet ?? [])],
        reason:
          reasonOf(verdict, standing) ??
          idle?.words ??
          'size: no active creative has a size that the zone takes',
        pacing: standing === undefined ? null : explainedPacing(standing, verdict?.needSeconds),
      };
    })
    .sort((left, right) => right.share - left.share || left.id - right.id);
}

function reasonOf(verdict: Verdict | undefined, standing: Standing | undefined): string | undefined {
  const byPacing = verdict?.passedOver === 'pacing' && standing !== undefined;
  return byPacing ? `matches, but ${pacingHold(standing)}` : verdict?.reason;
}
