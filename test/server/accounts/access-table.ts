import { randomUUID } from 'node:crypto';

/** What a role gets: everything, what belongs to its own advertisers, sites or account, or a refusal. */
export type Cell = 'all' | 'own' | 'no';

type Cells = readonly [admin: Cell, adops: Cell, advertiser: Cell, publisher: Cell, analyst: Cell];
export const columns = ['admin', 'adops', 'advertiser', 'publisher', 'analyst'] as const;
export type Column = (typeof columns)[number];

/** What belongs to a tenant: a row for each kind, one tenant's and another's. */
export interface Tenant {
  readonly advertiser: number;
  readonly campaign: number;
  readonly lineItem: number;
  readonly creative: number;
  readonly conversionAction: number;
  readonly interestCategory: number;
  readonly segment: number;
  /** Name of an interest category. */
  readonly knownCategory: string;
  readonly site: number;
  readonly zone: number;
}

/** Who asks. */
export interface Subject {
  readonly column: Column;
  readonly user: number | null;
  /** A key of theirs that is not the one in use. */
  readonly spareKey: number;
  /** A session of theirs; null: they have no password. */
  readonly session: number | null;
  /** A report that their role has. */
  readonly report: string;
  /** A share link of theirs. */
  readonly share: number;
}

/** Somebody else, of the role analyst, with a key and a session. */
export interface Stranger {
  readonly user: number;
  readonly key: number;
  readonly session: number;
  readonly savedReport: number;
  readonly share: number;
}

/** How an endpoint is asked for what is the asker's, and for what is not. */
export interface Trial {
  readonly path: string;
  readonly body?: unknown;
}

export interface Endpoint {
  readonly cells: Cells;
  /** Status where it is not refused. Also one that says that the rest of the request does not fit. */
  readonly ok: number | ((subject: Subject) => number);
  /** Status for what is another's. Default: 404. */
  readonly refused?: number;
  /** The same is asked for both where there is one. */
  trials(own: Tenant, foreign: Tenant, subject: Subject, stranger: Stranger): readonly [Trial, Trial?];
  /** Of lists: what in `items` is the asker's, and what is not. */
  readonly listed?: (
    own: Tenant,
    foreign: Tenant,
    subject: Subject,
    stranger: Stranger,
  ) => readonly [own: number | string | null, foreign: number | string];
}

const staff: Cells = ['all', 'all', 'no', 'no', 'no'];
const demand: Cells = ['all', 'all', 'own', 'no', 'no'];
const supply: Cells = ['all', 'all', 'no', 'own', 'no'];
const admins: Cells = ['all', 'no', 'no', 'no', 'no'];
const readers: Cells = ['all', 'all', 'own', 'own', 'own'];
const advertisers: Cells = ['no', 'no', 'own', 'no', 'no'];
const onesOwn: Cells = ['own', 'own', 'own', 'own', 'own'];
const everybody: Cells = ['all', 'own', 'own', 'own', 'own'];

/** An endpoint that is about no tenant. */
const plain = (cells: Cells, ok: number, path: string, body?: unknown): Endpoint => ({
  ...{ cells, ok },
  trials: () => [body === undefined ? { path } : { path, body }],
});

/** Endpoints of one kind of entity. */
function entity(
  path: string,
  kind: Exclude<keyof Tenant, 'knownCategory'>,
  read: Cells,
  create: (tenant: Tenant) => object,
): Record<string, Endpoint> {
  const items = (body?: object) => (own: Tenant, foreign: Tenant) =>
    [own, foreign].map((tenant) => ({
      path: `${path}/${tenant[kind]}`,
      ...(body === undefined ? {} : { body }),
    })) as [Trial, Trial];
  return {
    [`GET ${path}`]: {
      ...{ cells: read, ok: 200 },
      trials: () => [{ path: `${path}?limit=200` }],
      listed: (own, foreign) => [own[kind], foreign[kind]],
    },
    [`POST ${path}`]: {
      ...{ cells: staff, ok: 201 },
      trials: (own, foreign) => [
        { path, body: create(own) },
        { path, body: create(foreign) },
      ],
    },
    [`GET ${path}/{id}`]: { cells: read, ok: 200, trials: items() },
    [`PATCH ${path}/{id}`]: { cells: staff, ok: 200, trials: items({ name: 'Other' }) },
    [`DELETE ${path}/{id}`]: { cells: staff, ok: 204, trials: items() },
  };
}

/** Endpoints of entities that belong to no tenant, and whose names are unique. */
function unowned(
  path: string,
  kind: Exclude<keyof Tenant, 'knownCategory'>,
  create: (tenant: Tenant) => object,
): Record<string, Endpoint> {
  const item = (own: Tenant) => `${path}/${own[kind]}`;
  return {
    [`GET ${path}`]: plain(staff, 200, path),
    [`POST ${path}`]: { cells: staff, ok: 201, trials: (own) => [{ path, body: create(own) }] },
    [`GET ${path}/{id}`]: { cells: staff, ok: 200, trials: (own) => [{ path: item(own) }] },
    [`PATCH ${path}/{id}`]: {
      ...{ cells: staff, ok: 200 },
      trials: (own) => [{ path: item(own), body: { status: 'active' } }],
    },
    [`DELETE ${path}/{id}`]: { cells: staff, ok: 204, trials: (own) => [{ path: item(own) }] },
  };
}

export const creativeOf = (lineItemId: number) => ({
  ...{ lineItemId, name: 'Text', type: 'text', width: 300, height: 250 },
  ...{ headline: 'Taipei', text: 'By night', clickUrl: 'https://example.com/' },
});

/** Every endpoint but public ones. Those of an entity's children stand before it: what is archived takes no children. */
export const accessTable: Readonly<Record<string, Endpoint>> = {
  'GET /account': plain(['all', 'all', 'all', 'all', 'all'], 200, '/account'),
  'GET /system': plain(staff, 200, '/system'),
  'PATCH /account': {
    cells: onesOwn,
    ok: ({ user }) => (user === null ? 409 : 200),
    trials: () => [{ path: '/account', body: { language: 'zh-TW' } }],
  },
  'GET /zones/{id}/tag': {
    ...{ cells: supply, ok: 200 },
    trials: (own, foreign) => [{ path: `/zones/${own.zone}/tag` }, { path: `/zones/${foreign.zone}/tag` }],
  },
  'GET /creatives/{id}/image': {
    // The tenants' creatives are texts.
    ...{ cells: demand, ok: 404 },
    trials: (own, foreign) => [
      { path: `/creatives/${own.creative}/image` },
      { path: `/creatives/${foreign.creative}/image` },
    ],
  },
  'POST /creatives/{id}/preview': {
    ...{ cells: demand, ok: 200 },
    trials: (own, foreign) => [
      { path: `/creatives/${own.creative}/preview`, body: undefined },
      { path: `/creatives/${foreign.creative}/preview`, body: undefined },
    ],
  },
  'GET /zones/{id}/tag-check': {
    ...{ cells: supply, ok: 200 },
    trials: (own, foreign) => [
      { path: `/zones/${own.zone}/tag-check` },
      { path: `/zones/${foreign.zone}/tag-check` },
    ],
  },
  'GET /campaign-export': plain(demand, 200, '/campaign-export'),
  'POST /campaign-import': plain(staff, 415, '/campaign-import', 'garbage'),
  'PUT /creatives/{id}/approval': {
    ...{ cells: staff, ok: 200 },
    trials: (own, foreign) => [
      { path: `/creatives/${own.creative}/approval`, body: { approval: 'approved' } },
      { path: `/creatives/${foreign.creative}/approval`, body: { approval: 'approved' } },
    ],
  },
  'POST /campaigns/{id}/duplicates': {
    ...{ cells: staff, ok: 201 },
    trials: (own, foreign) => [
      { path: `/campaigns/${own.campaign}/duplicates`, body: {} },
      { path: `/campaigns/${foreign.campaign}/duplicates`, body: {} },
    ],
  },
  'POST /line-items/{id}/duplicates': {
    ...{ cells: staff, ok: 201 },
    trials: (own, foreign) => [
      { path: `/line-items/${own.lineItem}/duplicates`, body: {} },
      { path: `/line-items/${foreign.lineItem}/duplicates`, body: {} },
    ],
  },
  'POST /forecasts': plain(staff, 200, '/forecasts', {}),
  'GET /line-item-health': {
    ...{ cells: demand, ok: 200 },
    trials: () => [{ path: '/line-item-health' }],
    listed: (own, foreign) => [own.lineItem, foreign.lineItem],
  },
  'GET /explain': plain(staff, 404, '/explain?zone=999999'),
  ...entity('/creatives', 'creative', demand, ({ lineItem }) => creativeOf(lineItem)),
  ...entity('/line-items', 'lineItem', demand, ({ campaign: campaignId }) => ({
    ...{ campaignId, name: 'New', type: 'standard' },
  })),
  ...entity('/campaigns', 'campaign', demand, ({ advertiser: advertiserId }) => ({
    ...{ advertiserId, name: 'New' },
  })),
  ...entity('/conversion-actions', 'conversionAction', demand, ({ advertiser: advertiserId }) => ({
    ...{ advertiserId, name: 'New' },
  })),
  ...entity('/advertisers', 'advertiser', demand, () => ({ name: 'New' })),
  ...entity('/zones', 'zone', supply, ({ site: siteId }) => ({ siteId, name: 'New', sizes: [[300, 250]] })),
  ...entity('/sites', 'site', supply, () => ({ name: 'New', domain: 'new.example' })),
  'GET /visitor-values': plain(advertisers, 422, '/visitor-values'),
  'PUT /visitor-values': plain(advertisers, 422, '/visitor-values', { value: 'x' }),
  ...unowned('/segments', 'segment', ({ knownCategory }) => ({
    ...{ name: `s-${randomUUID()}`, categories: [knownCategory] },
  })),
  ...unowned('/interest-categories', 'interestCategory', () => ({ name: `c-${randomUUID()}` })),
  // Garbage: who may upload hears that it is no image.
  'POST /assets': plain(staff, 415, '/assets', 'garbage'),
  'POST /bundles': plain(staff, 422, '/bundles', 'garbage'),

  'GET /reports': {
    ...{ cells: readers, ok: 200 },
    trials: () => [{ path: '/reports' }],
    listed: (_own, _foreign, { report }) => [report, 'invalid-traffic'],
  },
  'GET /reports/{name}': {
    ...{ cells: readers, ok: 200 },
    trials: (_own, _foreign, { report }) => [
      { path: `/reports/${report}` },
      { path: '/reports/invalid-traffic' },
    ],
  },
  'GET /live-visitors': plain(['all', 'all', 'no', 'own', 'all'], 200, '/live-visitors'),
  'GET /saved-reports': {
    ...{ cells: onesOwn, ok: 200 },
    trials: () => [{ path: '/saved-reports' }],
    listed: (_own, _foreign, _subject, { savedReport }) => [null, savedReport],
  },
  'POST /saved-reports': {
    ...{ cells: onesOwn, ok: 201 },
    trials: (_own, _foreign, { report }) => [
      { path: '/saved-reports', body: { name: 'Mine', report, query: {} } },
      { path: '/saved-reports', body: { name: 'Mine', report: 'none', query: {} } },
    ],
  },
  'GET /saved-reports/{id}': {
    ...{ cells: onesOwn, ok: 404 },
    trials: (_own, _foreign, _subject, { savedReport }) => [
      { path: '/saved-reports/999999' },
      { path: `/saved-reports/${savedReport}` },
    ],
  },
  'PATCH /saved-reports/{id}': {
    ...{ cells: onesOwn, ok: 404 },
    trials: (_own, _foreign, _subject, { savedReport }) => [
      { path: '/saved-reports/999999', body: { name: 'Other' } },
      { path: `/saved-reports/${savedReport}`, body: { name: 'Other' } },
    ],
  },
  'DELETE /saved-reports/{id}': {
    ...{ cells: onesOwn, ok: 404 },
    trials: (_own, _foreign, _subject, { savedReport }) => [
      { path: '/saved-reports/999999' },
      { path: `/saved-reports/${savedReport}` },
    ],
  },
  'GET /report-shares': {
    ...{ cells: everybody, ok: 200 },
    trials: () => [{ path: '/report-shares' }],
    listed: (_own, _foreign, _subject, { share }) => [null, share],
  },
  'POST /report-shares': {
    ...{ cells: everybody, ok: 201 },
    trials: (_own, _foreign, { report }) => [
      { path: '/report-shares', body: { name: 'Mine', report, query: {} } },
    ],
  },
  'DELETE /report-shares/{id}': {
    ...{ cells: everybody, ok: 204 },
    trials: (_own, _foreign, subject, stranger) => [
      { path: `/report-shares/${subject.share}` },
      { path: `/report-shares/${stranger.share}` },
    ],
  },
  'GET /invalid-traffic/reasons': plain(staff, 200, '/invalid-traffic/reasons'),
  'GET /invalid-traffic/reversals': plain(staff, 200, '/invalid-traffic/reversals'),
  'POST /invalid-traffic/reversals': plain(staff, 422, '/invalid-traffic/reversals', {}),
  'DELETE /invalid-traffic/reversals/{id}': plain(staff, 404, '/invalid-traffic/reversals/9'),
  'GET /report-schedules': plain(staff, 200, '/report-schedules'),
  'POST /report-schedules': plain(staff, 422, '/report-schedules', {}),
  'GET /report-schedules/{id}': plain(staff, 404, '/report-schedules/9'),
  'PATCH /report-schedules/{id}': plain(staff, 404, '/report-schedules/9', { name: 'Other' }),
  'DELETE /report-schedules/{id}': plain(staff, 404, '/report-schedules/9'),
  'GET /report-schedules/{id}/deliveries': plain(staff, 404, '/report-schedules/9/deliveries'),
  'POST /report-schedules/{id}/deliveries': plain(staff, 404, '/report-schedules/9/deliveries', {}),

  'POST /log-archive/replays': plain(admins, 422, '/log-archive/replays?firstDay=never'),
  'GET /jobs': plain(staff, 200, '/jobs'),
  'GET /jobs/{name}/runs': plain(staff, 200, '/jobs/ship/runs'),
  'POST /jobs/{name}/runs': plain(admins, 404, '/jobs/none/runs'),
  'GET /regions': plain(['all', 'all', 'all', 'all', 'all'], 200, '/regions?q=bav'),
  'GET /locations/{address}': plain(staff, 422, '/locations/nowhere'),
  'GET /location-database': plain(staff, 200, '/location-database'),
  'POST /location-database/update': plain(admins, 409, '/location-database/update'),

  'GET /api-keys': {
    ...{ cells: everybody, ok: 200 },
    trials: () => [{ path: '/api-keys?limit=200' }],
    listed: (_own, _foreign, { spareKey }, stranger) => [spareKey, stranger.key],
  },
  'POST /api-keys': {
    ...{ cells: everybody, ok: 201, refused: 422 },
    trials: ({ advertiser }, _foreign, { user }, stranger) => [
      { path: '/api-keys', body: { name: 'Mine', ...(user === null ? { advertiserId: advertiser } : {}) } },
      { path: '/api-keys', body: { name: 'Theirs', userId: stranger.user } },
    ],
  },
  'DELETE /api-keys/{id}': {
    ...{ cells: everybody, ok: 204 },
    trials: (_own, _foreign, { spareKey }, stranger) => [
      { path: `/api-keys/${spareKey}` },
      { path: `/api-keys/${stranger.key}` },
    ],
  },
  'GET /sessions': {
    ...{ cells: onesOwn, ok: 200 },
    trials: () => [{ path: '/sessions' }],
    listed: (_own, _foreign, { session }, stranger) => [session, stranger.session],
  },
  'DELETE /sessions/{id}': {
    cells: onesOwn,
    ok: ({ session }) => (session === null ? 404 : 204),
    trials: (_own, _foreign, { session }, stranger) => [
      { path: `/sessions/${session ?? 999_999}` },
      { path: `/sessions/${stranger.session}` },
    ],
  },
  'PUT /account/password': {
    ...{ cells: onesOwn, ok: 422 },
    trials: () => [{ path: '/account/password', body: { current: 'wrong', password: 'a long password' } }],
  },
  'POST /users/{id}/password-links': {
    ...{ cells: admins, ok: 201 },
    trials: (_own, _foreign, _subject, stranger) => [{ path: `/users/${stranger.user}/password-links` }],
  },
  // There is no mail server.
  'POST /users/{id}/invitations': {
    ...{ cells: admins, ok: 409 },
    trials: (_own, _foreign, _subject, stranger) => [{ path: `/users/${stranger.user}/invitations` }],
  },
  // Who asks has set their password.
  'POST /admin-links': plain(admins, 409, '/admin-links'),
  'POST /account/second-factor': {
    // All ask with keys, and this is for who has signed in.
    ...{ cells: onesOwn, ok: 409 },
    trials: () => [{ path: '/account/second-factor' }],
  },
  'POST /account/second-factor/confirmation': {
    ...{ cells: onesOwn, ok: 422 },
    trials: () => [{ path: '/account/second-factor/confirmation', body: { code: 'wrong' } }],
  },
  'POST /account/second-factor/removal': {
    ...{ cells: onesOwn, ok: 422 },
    trials: () => [{ path: '/account/second-factor/removal', body: { password: 'wrong' } }],
  },
  'DELETE /users/{id}/second-factor': {
    ...{ cells: admins, ok: 204 },
    trials: (_own, _foreign, _subject, stranger) => [{ path: `/users/${stranger.user}/second-factor` }],
  },
  'GET /audit': plain(admins, 200, '/audit'),
  'GET /users': plain(admins, 200, '/users'),
  'POST /users': plain(admins, 201, '/users', { name: 'New', role: 'analyst' }),
  'GET /users/{id}': {
    ...{ cells: admins, ok: 200 },
    trials: (_own, _foreign, { user }, stranger) => [
      { path: `/users/${user ?? stranger.user}` },
      { path: `/users/${stranger.user}` },
    ],
  },
  'PATCH /users/{id}': {
    ...{ cells: admins, ok: 200 },
    trials: (_own, _foreign, { user }, stranger) => [
      { path: `/users/${user ?? stranger.user}`, body: { name: 'Other' } },
      { path: `/users/${stranger.user}`, body: { name: 'Other' } },
    ],
  },
  'DELETE /users/{id}': {
    ...{ cells: admins, ok: 204 },
    trials: (_own, _foreign, _subject, stranger) => [{ path: `/users/${stranger.user}` }],
  },

  'GET /members': plain(['all', 'all', 'no', 'own', 'no'], 200, '/members'),
  'POST /members': {
    ...{ cells: ['all', 'all', 'no', 'own', 'no'], ok: 201, refused: 422 },
    trials: (own, foreign) =>
      [own, foreign].map(({ site }) => ({
        path: '/members',
        body: { siteId: site, email: `${randomUUID()}@example.com`, verified: true },
      })) as [Trial, Trial],
  },
  'POST /members/sign-ins': plain(['all', 'all', 'no', 'own', 'no'], 422, '/members/sign-ins', {}),
  'GET /members/by-region': plain(['all', 'all', 'no', 'own', 'all'], 200, '/members/by-region'),
  'GET /member-lists/news': plain(['all', 'all', 'no', 'own', 'no'], 200, '/member-lists/news'),
  'GET /member-lists/news.csv': plain(['all', 'all', 'no', 'own', 'no'], 200, '/member-lists/news.csv'),
  // What is another site's: test/server/members.
  'GET /members/{id}': plain(['all', 'all', 'no', 'own', 'no'], 404, '/members/999999'),
  'PATCH /members/{id}': plain(['all', 'all', 'no', 'own', 'no'], 404, '/members/999999', {}),
  'PUT /members/{id}/news': plain(['all', 'all', 'no', 'own', 'no'], 404, '/members/999999/news', {
    ...{ optIn: true, wording: 'News' },
  }),
  'GET /members/{id}/proofs': plain(['all', 'all', 'no', 'own', 'no'], 404, '/members/999999/proofs'),
  'GET /members/{id}/export': plain(['all', 'no', 'no', 'own', 'no'], 404, '/members/999999/export'),
  'DELETE /members/{id}': plain(['all', 'no', 'no', 'own', 'no'], 404, '/members/999999'),
  'GET /member-requests': plain(admins, 200, '/member-requests'),
  'POST /member-requests': plain(admins, 422, '/member-requests', {}),
  'POST /member-requests/{id}/fulfil': plain(admins, 404, '/member-requests/999999/fulfil'),
  'POST /member-requests/{id}/refuse': plain(admins, 404, '/member-requests/999999/refuse', { reason: 'No' }),
  'GET /member-requests/{id}/export': plain(admins, 404, '/member-requests/999999/export'),
  'GET /privacy/register': plain(admins, 200, '/privacy/register'),
  'GET /privacy/report': plain(admins, 200, '/privacy/report'),
  'GET /privacy/policy': plain(['all', 'all', 'no', 'all', 'no'], 200, '/privacy/policy'),
  'GET /demo': plain(staff, 200, '/demo'),
  'DELETE /demo': plain(admins, 200, '/demo'),
};

/** For anybody, without a key. */
export const publicEndpoints: readonly string[] = [
  'GET /openapi.json',
  'GET /docs',
  'POST /sessions',
  'POST /passwords',
  'POST /password-resets',
  'GET /shared-reports/{token}',
];
