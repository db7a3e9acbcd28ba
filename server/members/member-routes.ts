import { z } from 'zod';
import { formatAddress, type GeoDb, parseAddress } from '../../geo-db/index.ts';
import type { Identity } from '../accounts/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { idParams } from '../api/routes/inventory.ts';
import { pageFields } from '../api/routes/page-fields.ts';
import { languageOf } from '../delivery/privacy/words.ts';
import { AppError } from '../errors.ts';
import { entityId, fieldError } from '../inventory/index.ts';
import { changeSchema, email, newsSchema, password, registerFields, signInSchema } from './fields.ts';
import {
  activate,
  checkSignIn,
  chooseNews,
  type MemberServices,
  makeMember,
  patchMember,
  type SigningIn,
} from './member-accounts.ts';
import {
  listMembers,
  memberCondition,
  membersByRegion,
  newsCsv,
  newsLine,
  wantsNews,
} from './member-lists.ts';
import { findByEmail, getMember, type Member } from './member-store.ts';
import { proofsOf } from './proofs.ts';
import { requestRoutes } from './request-routes.ts';
import { eraseAsked, exportAsked } from './requests.ts';
import { shownMember } from './shown-member.ts';

export interface MemberRouteParts {
  readonly services: MemberServices;
  /** Where browsers reach delivery. */
  readonly publicUrl: string;
  readonly kAnonymity: number;
  /** For the country of a sign-in. */
  geo(): Promise<Pick<GeoDb, 'lookup'>>;
}

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const timestamp = z.iso.datetime();
const memberSchema = z
  .object({
    id: z.int(),
    site: z.int(),
    email: z.string(),
    name: z.string().nullable(),
    profile: values,
    preferences: values,
    news: z.object({ optedIn: z.boolean(), at: timestamp.nullable() }),
    createdAt: timestamp,
    verifiedAt: timestamp.nullable(),
    status: z.enum(['unverified', 'active']),
    country: z.string().nullable(),
    region: z.string().nullable(),
    lastSignInAt: timestamp.nullable(),
  })
  .meta({ id: 'Member' });
const createSchema = z
  .strictObject({
    siteId: entityId,
    ...registerFields,
    password: password.nullable().default(null),
    verified: z.boolean().default(false).meta({
      description: 'That the site has verified the address itself; else a letter with a link goes to it.',
    }),
  })
  .meta({ id: 'MemberCreate', example: { siteId: 3, email: 'mei@example.com', verified: true } });
const signInByServerSchema = signInSchema
  .extend({
    siteId: entityId,
    address: z.string().max(45).meta({
      description: "The member's IP address, as the site's server sees it: slows down who guesses.",
    }),
    browser: z.string().max(300).default('').meta({ description: 'User-Agent of their browser.' }),
  })
  .meta({
    id: 'MemberSignIn',
    example: {
      ...{ siteId: 3, email: 'mei@example.com', password: 'three words and a number' },
      ...{ address: '203.0.113.7', browser: 'Mozilla/5.0' },
    },
  });
const place = {
  siteId: integerText({
    min: 1,
    max: 2_147_483_647,
    description: 'Of this site alone.',
    example: 3,
  }).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .meta({ description: 'ISO 3166-1.', example: 'TW' }),
  region: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/)
    .optional()
    .meta({ description: 'ISO 3166-2.', example: 'TW-TPE' }),
};
const newsLineSchema = z
  .object({
    ...{ id: z.int(), siteId: z.int(), email: z.string(), name: z.string().nullable() },
    ...{ language: z.string(), country: z.string().nullable(), region: z.string().nullable() },
    optedInAt: timestamp.nullable(),
  })
  .meta({ id: 'NewsReader' });

const tag = 'Members';
const keepers = { area: 'members', roles: { admin: 'all', adops: 'all', publisher: 'own' } } as const;
const owners = { area: 'members', roles: { admin: 'all', publisher: 'own' } } as const;
const counters = {
  area: 'members',
  roles: { admin: 'all', adops: 'all', publisher: 'own', analyst: 'all' },
} as const;

function shownRecord(member: Member): z.input<typeof memberSchema> {
  const { status, country, region, last_sign_in_at } = member.row;
  return {
    ...shownMember(member),
    ...{ status, country, region, lastSignInAt: last_sign_in_at?.toISOString() ?? null },
  };
}

const seesSite = ({ visible }: Identity, siteId: number): boolean =>
  visible === 'all' || visible.sites.includes(siteId);

/** @throws AppError `invalid_input` */
async function signingIn(
  { geo }: MemberRouteParts,
  { siteId, address: text, browser }: z.output<typeof signInByServerSchema>,
): Promise<SigningIn> {
  const address = parseAddress(text);
  if (address === undefined) throw fieldError('/address', 'must be an IPv4 or IPv6 address');
  const { country, region } = (await geo()).lookup(address);
  return {
    ...{ site: siteId, address: formatAddress(address), browser, visitor: null },
    ...{ country: country ?? null, region: region ?? null },
  };
}

/** What operators and sites' servers do with members. */
export function memberRoutes(parts: MemberRouteParts): Route[] {
  const { services } = parts;
  const { db } = services;
  /** @throws AppError `not_found`, the same for another site's */
  const memberFor = async (who: Identity, id: number): Promise<Member> => {
    const member = await getMember(services, id);
    if (!seesSite(who, member.row.site_id)) throw new AppError('not_found', 'There is no such member.');
    return member;
  };
  const byServer = (who: Identity) =>
    ({
      source: 'server',
      verifiedBy: who.sessionId === null ? 'server' : 'operator',
      userId: who.userId,
    }) as const;
  const item = { tag, params: idParams } as const;
  return [
    defineRoute({
      ...{ method: 'get', path: '/members', tag, access: keepers },
      operationId: 'listMembers',
      summary: 'List members, or find one by address',
      query: z.object({
        ...pageFields,
        ...place,
        email: email.optional().meta({ description: 'Of a member of `siteId`, which is needed with it.' }),
      }),
      answer: {
        ...{ status: 200, description: 'A page, by ascending id.' },
        schema: z
          .object({ items: z.array(memberSchema), next: z.int().nullable() })
          .meta({ id: 'MemberList' }),
      },
      async handle({ who, query }) {
        if (query.email !== undefined) {
          if (query.siteId === undefined) throw fieldError('/siteId', 'is needed with email');
          const found = await findByEmail(services, query.siteId, query.email);
          const seen = found !== undefined && seesSite(who, found.row.site_id);
          return reply.value({ items: seen ? [shownRecord(found)] : [], next: null });
        }
        const page = await listMembers(services, memberCondition(who.visible, query), query);
        return reply.value({ items: page.items.map(shownRecord), next: page.next });
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/members', tag, access: keepers },
      operationId: 'createMember',
      summary: "Make a member, from the site's server",
      body: { kind: 'json' as const, schema: createSchema },
      errors: ['conflict'],
      answer: { status: 201, description: 'Made.', schema: memberSchema },
      async handle({ who, body, record }) {
        const { siteId, verified, ...rest } = body;
        const site = await db.selectFrom('sites').select('id').where('id', '=', siteId).executeTakeFirst();
        if (site === undefined || !seesSite(who, siteId)) {
          throw fieldError('/siteId', `there is no site ${siteId}`);
        }
        if ((await findByEmail(services, siteId, rest.email)) !== undefined) {
          throw new AppError('conflict', 'There is a member with this address already.');
        }
        const language = rest.preferences.language ?? languageOf('');
        const id = await makeMember(services, siteId, {
          ...rest,
          preferences: { ...rest.preferences, language },
        });
        const member = await getMember(services, id);
        if (verified) await db.transaction().execute((inside) => activate(services, inside, member));
        else {
          await db.insertInto('mails').values({ kind: 'member_verify', member_id: id }).execute();
          services.wakeMails();
        }
        await record({ action: 'create', entity: 'member', id });
        return reply.value(shownRecord(await getMember(services, id)));
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/members/sign-ins', tag, access: keepers },
      operationId: 'signInMember',
      summary: "Check a member's password, for the site's server",
      description:
        'The session is for the server to keep. `invalid_input` at `/password` is the answer to a wrong password, an address that was not verified, and nobody, in the same time.',
      body: { kind: 'json' as const, schema: signInByServerSchema },
      errors: ['too_many_attempts'],
      // It is among the member's own sign-ins, as those at the site's pages are.
      audit: 'changesNothing',
      answer: { status: 200, description: 'Who it is.', schema: memberSchema },
      async handle({ who, body }) {
        if (!seesSite(who, body.siteId)) throw fieldError('/siteId', `there is no site ${body.siteId}`);
        const member = await checkSignIn(services, await signingIn(parts, body), body);
        if (member === undefined) {
          throw fieldError('/password', 'is none of a member who has verified this address');
        }
        return reply.value(shownRecord(member));
      },
    }),
    defineRoute({
      ...{ method: 'get', path: '/members/by-region', tag, access: counters },
      operationId: 'countMembersByRegion',
      summary: 'Count members by the region they last signed in from',
      description: 'Regions with fewer than K_ANONYMITY members are put together as other.',
      query: z.object({ siteId: place.siteId, country: place.country }),
      answer: {
        ...{ status: 200, description: 'The largest first.' },
        schema: z
          .object({
            items: z.array(
              z.object({
                country: z.string().nullable(),
                region: z.string().nullable(),
                other: z.boolean().meta({ description: 'Of all places with too few.' }),
                members: z.int(),
                optedIn: z.int().nullable().meta({ description: 'null: too few to tell.' }),
              }),
            ),
            kAnonymity: z.int(),
          })
          .meta({ id: 'MembersByRegion' }),
      },
      async handle({ who, query }) {
        // What analysts see is no one site's.
        const visible = who.role === 'analyst' ? 'all' : who.visible;
        const condition = memberCondition(visible, query);
        const items = await membersByRegion(services, condition, parts.kAnonymity);
        return reply.value({ items, kAnonymity: parts.kAnonymity });
      },
    }),
    defineRoute({
      ...{ method: 'get', path: '/member-lists/news', tag, access: keepers },
      operationId: 'listNewsReaders',
      summary: 'List members who want news and offers',
      query: z.object({ ...pageFields, ...place }),
      answer: {
        ...{ status: 200, description: 'A page, by ascending id.' },
        schema: z
          .object({ items: z.array(newsLineSchema), next: z.int().nullable() })
          .meta({ id: 'NewsReaderList' }),
      },
      async handle({ who, query }) {
        const condition = wantsNews(memberCondition(who.visible, query));
        const page = await listMembers(services, condition, query);
        return reply.value({ items: page.items.map(newsLine), next: page.next });
      },
    }),
    defineRoute({
      ...{ method: 'get', path: '/member-lists/news.csv', tag, access: keepers },
      operationId: 'exportNewsReaders',
      summary: 'Members who want news and offers, as CSV for a mailing system',
      query: z.object(place),
      answer: {
        ...{ status: 200, description: 'The file.' },
        also: {
          'text/csv': { example: 'email,name,language,country,region,opted_in_at,unsubscribe_url\r\n' },
        },
      },
      async handle({ who, query, record }) {
        await record({ action: 'export_news_readers', entity: 'member', detail: { ...query } });
        const condition = memberCondition(who.visible, query);
        return reply.stream('text/csv; charset=utf-8', newsCsv(services, condition, parts.publicUrl), {
          'Content-Disposition': 'attachment; filename="news-readers.csv"',
        });
      },
    }),
    defineRoute({
      ...{ ...item, method: 'get', path: '/members/{id}', access: keepers },
      operationId: 'getMember',
      summary: 'Read a member',
      errors: ['not_found'],
      answer: { status: 200, description: 'The member.', schema: memberSchema },
      handle: async ({ who, params }) => reply.value(shownRecord(await memberFor(who, params.id))),
    }),
    defineRoute({
      ...{ ...item, method: 'patch', path: '/members/{id}', access: keepers },
      operationId: 'updateMember',
      summary: 'Change profile and preferences of a member',
      description: 'Merged by key; null takes a key away.',
      body: { kind: 'json' as const, schema: changeSchema.meta({ id: 'MemberPatch' }) },
      errors: ['not_found'],
      answer: { status: 200, description: 'As it is now.', schema: memberSchema },
      async handle({ who, params, body }) {
        await memberFor(who, params.id);
        return reply.value(shownRecord(await patchMember(services, params.id, body)));
      },
    }),
    defineRoute({
      ...{ ...item, method: 'put', path: '/members/{id}/news', access: keepers },
      operationId: 'setMemberNews',
      summary: 'Say whether a member wants news and offers',
      body: { kind: 'json' as const, schema: newsSchema.meta({ id: 'MemberNews' }) },
      errors: ['not_found'],
      answer: { status: 200, description: 'As it is now.', schema: memberSchema },
      async handle({ who, params, body }) {
        const member = await memberFor(who, params.id);
        return reply.value(shownRecord(await chooseNews(services, member, body, 'server')));
      },
    }),
    defineRoute({
      ...{ ...item, method: 'get', path: '/members/{id}/proofs', access: keepers },
      operationId: 'listMemberProofs',
      summary: 'What a member agreed to, and took back',
      errors: ['not_found'],
      answer: {
        ...{ status: 200, description: 'The oldest first.' },
        schema: z
          .object({
            items: z.array(
              z.object({
                id: z.int(),
                at: timestamp,
                action: z.enum(['opt_in', 'opt_out']),
                wording: z.string(),
                language: z.string(),
                source: z.enum(['registration', 'account', 'unsubscribe_link', 'server', 'erasure']),
                confirmedAt: timestamp.nullable(),
              }),
            ),
          })
          .meta({ id: 'MemberProofList' }),
      },
      async handle({ who, params }) {
        await memberFor(who, params.id);
        return reply.value({ items: await proofsOf(db, params.id) });
      },
    }),
    defineRoute({
      ...{ ...item, method: 'get', path: '/members/{id}/export', access: owners },
      operationId: 'exportMember',
      summary: 'All that is held about a member',
      description: 'Is kept in the list of requests.',
      errors: ['not_found'],
      answer: {
        status: 200,
        description: 'All of it.',
        schema: z.looseObject({}).meta({ id: 'MemberExport' }),
      },
      async handle({ who, params, record }) {
        const member = await memberFor(who, params.id);
        await record({ action: 'export_member', entity: 'member', id: params.id });
        return reply.value(await exportAsked(services, member, byServer(who)));
      },
    }),
    defineRoute({
      ...{ ...item, method: 'delete', path: '/members/{id}', access: owners },
      operationId: 'eraseMember',
      summary: 'Erase a member',
      description: 'At once, and in every copy, since the key is destroyed. Is kept in the list of requests.',
      errors: ['not_found'],
      answer: {
        ...{ status: 200, description: 'Erased.' },
        schema: z
          .object({ request: z.int(), removed: z.record(z.string(), z.int()) })
          .meta({ id: 'MemberErased' }),
      },
      async handle({ who, params, record }) {
        const member = await memberFor(who, params.id);
        const done = await eraseAsked(services, member, byServer(who));
        await record({ action: 'erase', entity: 'member', id: params.id });
        return reply.value({ request: done.request, removed: { ...done.removed } });
      },
    }),
    ...requestRoutes(services),
  ];
}
