import type { TraceKind } from './traces.ts';

/**
 * A place where addresses are meant to be, and why. What no permit names is found, and told of. Columns are
 * `table.column`; what is inside JSON goes on with its keys, like `report_schedules.targets.email`. `*` stands for one
 * part, `**` at the end for all the rest. Fields of log lines are those of `events`; tables in backups are those of the
 * database.
 */
export interface Permit {
  readonly places: readonly string[];
  readonly kinds: readonly TraceKind[];
  /** Only what matches is permitted, and is taken out before a text is looked through; in the dialects of `coarsePattern`. */
  readonly only?: string;
  readonly reason: string;
}

const all = ['address', 'network', 'mail'] as const;
/** The start of an address whose host is a number. */
const numberHost = 'https?://\\[?[0-9a-fA-F:.]+\\]?';
const maskedNetwork = '[0-9.]+[.]0/24|[0-9a-fA-F:]+::/48|::/48';

export const permits: readonly Permit[] = [
  {
    places: ['users.email'],
    kinds: ['mail'],
    reason: 'People who work with the console sign in by their e-mail address.',
  },
  {
    places: ['audit_log.before.email', 'audit_log.after.email', 'idempotency_keys.answer.value.email'],
    kinds: ['mail'],
    reason: "A change of a console user's e-mail address, in the audit log and in the answer kept for a day.",
  },
  {
    places: ['mails.email', 'mails.error'],
    kinds: ['mail'],
    reason: 'Who asked for a new password, until the mail is sent; and what the mail server answered.',
  },
  {
    places: [
      'report_schedules.targets.email',
      'report_deliveries.result.**',
      'report_deliveries.error',
      'audit_log.before.targets.email',
      'audit_log.after.targets.email',
      'idempotency_keys.answer.value.**',
    ],
    kinds: ['mail'],
    reason: 'Whom the operator has scheduled reports sent to.',
  },
  {
    places: ['events.network', 'event_marks.network', 'traffic_reversals.network', 'audit_log.address'],
    kinds: ['network'],
    only: maskedNetwork,
    reason:
      'Networks, masked to /24 (IPv4) or /48 (IPv6): to tell invalid traffic, and from where changes came.',
  },
  {
    places: [
      ...['saved_reports.query.**', 'report_shares.query.**', 'report_schedules.content.**'],
      ...[
        'audit_log.before.**',
        'audit_log.after.**',
        'idempotency_keys.answer.**',
        'traffic_reversals.note',
      ],
    ],
    kinds: ['network'],
    reason: 'Reports of invalid traffic can be filtered by masked networks.',
  },
  {
    places: ['events.page'],
    kinds: ['address'],
    only: numberHost,
    reason: "The host of a page's address is the site's own, which may be reached by number.",
  },
  {
    places: ['events.referrer', 'sites.domain', 'audit_log.before.domain', 'audit_log.after.domain'],
    kinds: ['address'],
    reason: 'The host of a site, which may be reached by number.',
  },
  {
    places: ['events.os_version', 'events.browser_version'],
    kinds: ['address'],
    only: '^[0-9.]+$',
    reason: 'Version numbers have the form of addresses, like 10.0.0.1.',
  },
  {
    places: ['sessions.browser'],
    kinds: ['address'],
    only: '[A-Za-z]+/[0-9.]+',
    reason: 'Version numbers in what a browser calls itself, like Chrome/142.0.0.0.',
  },
  {
    places: [
      ...['creatives.content.**', 'creatives.click_url', 'creatives.links.**', 'creatives.alt'],
      ...['creatives.name', 'file:snapshot.jsonl'],
      ...['audit_log.before.content.**', 'audit_log.after.content.**', 'audit_log.before.links.**'],
      ...['audit_log.after.links.**', 'audit_log.before.click_url', 'audit_log.after.click_url'],
      ...['audit_log.before.alt', 'audit_log.after.alt', 'idempotency_keys.answer.value.**'],
    ],
    kinds: all,
    reason: 'What advertisers publish in their ads.',
  },
  {
    places: [
      'line_items.targeting.**',
      'interest_categories.pages',
      'audit_log.before.**',
      'audit_log.after.**',
    ],
    kinds: ['address'],
    only: numberHost,
    reason: 'Pages that are targeted, on sites that may be reached by number.',
  },
  {
    places: [
      ...['job_runs.error', 'job_states.error', 'mails.error', 'report_deliveries.error'],
      ...['privacy_scans.content.**', 'process_logs.**'],
    ],
    kinds: ['address'],
    only: 'E[A-Z]+ [0-9a-fA-F.:]+',
    reason: 'The server that could not be reached, like connect ECONNREFUSED 10.0.0.5:5432.',
  },
  {
    places: [
      ...['process_logs.**', 'file:manifest.json', 'job_runs.error', 'job_states.error'],
      'privacy_scans.content.**',
    ],
    kinds: ['address'],
    only: '[vV]ersion"?:? *"?[0-9.]+',
    reason: 'Versions of ClickHouse have the form of addresses, like 26.7.2.1.',
  },
  {
    places: ['process_logs.version'],
    kinds: ['address'],
    only: '^[0-9.]+$',
    reason: 'Versions of ClickHouse, too.',
  },
  {
    places: ['machine_metrics.machine', 'pacing_shipped.machine', 'privacy_scans.machine'],
    kinds: ['address'],
    reason: "Names of the operator's own machines.",
  },
];

export interface Permitted {
  /** Kinds that are permitted whatever they are. */
  readonly kinds: ReadonlySet<TraceKind>;
  /** Patterns of what is permitted besides. */
  readonly only: readonly string[];
}

/** What is permitted at a place, like `users.email`. */
export function permittedAt(place: string): Permitted {
  const parts = place.split('.');
  const kinds = new Set<TraceKind>();
  const only: string[] = [];
  for (const permit of permits) {
    if (!permit.places.some((pattern) => covers(pattern, place, parts))) continue;
    if (permit.only !== undefined) only.push(permit.only);
    else for (const kind of permit.kinds) kinds.add(kind);
  }
  return { kinds, only };
}

function covers(pattern: string, place: string, parts: readonly string[]): boolean {
  if (pattern === place) return true;
  const wanted = pattern.split('.');
  const open = wanted.at(-1) === '**';
  if (open) wanted.pop();
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, at) => part === '*' || part === parts[at]);
}
