import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** A timestamp that the database sets when a row is made. */
type MadeAt = ColumnType<Date, Date | undefined, never>;
/** A timestamp that starts as the time the row is made. */
type ChangedAt = ColumnType<Date, Date | undefined, Date>;
type Identity = ColumnType<number, never, never>;

/** Columns that every entity of the inventory has. */
interface Entity<Status extends string> {
  id: Identity;
  name: string;
  status: Generated<Status>;
  demo: Generated<boolean>;
  created_at: MadeAt;
  updated_at: ChangedAt;
}

type DemandStatus = 'active' | 'paused' | 'archived';
type SupplyStatus = 'active' | 'archived';

export interface AdvertisersTable extends Entity<DemandStatus> {
  payer: string | null;
  visitor_values: Generated<boolean>;
}

export interface InterestCategoriesTable extends Entity<SupplyStatus> {
  titles: ColumnType<object, string | undefined, string>;
  site_id: number | null;
  pages: Generated<string[]>;
  key_values: ColumnType<object[], string | undefined, string>;
}

export interface SegmentsTable extends Entity<SupplyStatus> {
  categories: string[];
  match: 'any' | 'all';
  at_least: number;
}

export interface ConversionActionsTable extends Entity<DemandStatus> {
  advertiser_id: number;
  click_window_days: Generated<number>;
  view_window_hours: Generated<number>;
  counting: Generated<'one' | 'every'>;
  currency: Generated<string>;
  click_id: Generated<boolean>;
  pixel: Generated<boolean>;
  secret: string;
}

export interface CampaignsTable extends Entity<DemandStatus> {
  external_id: string | null;
  advertiser_id: number;
  category: string | null;
  caps: JSONColumnType<object[], string | undefined, string>;
}

export interface LineItemsTable extends Entity<DemandStatus> {
  external_id: string | null;
  campaign_id: number;
  type: 'sponsorship' | 'standard' | 'price_priority' | 'house';
  weight: Generated<number>;
  start_at: Date | null;
  end_at: Date | null;
  /** Written as JSON text, read as the parsed value. */
  targeting: JSONColumnType<object | null, string | null, string | null>;
  share: number | null;
  goal: JSONColumnType<object | null, string | null, string | null>;
  budget: JSONColumnType<object | null, string | null, string | null>;
  price: JSONColumnType<object | null, string | null, string | null>;
  pacing: Generated<'even' | 'asap'>;
  time_zone: Generated<string>;
  caps: JSONColumnType<object[], string | undefined, string>;
  roadblock: Generated<boolean>;
}

export interface CreativesTable extends Entity<DemandStatus> {
  external_id: string | null;
  line_item_id: number;
  type: Generated<'image' | 'html5' | 'html' | 'text' | 'native'>;
  asset: string | null;
  asset_2x: string | null;
  width: number;
  height: number;
  alt: Generated<string>;
  click_url: string;
  caps: JSONColumnType<object[], string | undefined, string>;
  /** Written as JSON text, read as the parsed value. */
  content: JSONColumnType<CreativeContent, string | undefined, string>;
  /** Written as JSON text, read as the parsed value. */
  links: JSONColumnType<Record<string, string>, string | undefined, string>;
  approval: Generated<'pending' | 'approved' | 'rejected'>;
  approval_note: Generated<string>;
}

/** What creatives of the types but `image` have; each type has its own of these. */
export interface CreativeContent {
  html?: string;
  thirdParty?: boolean;
  /** An HTML5 bundle's first file. */
  entry?: string;
  headline?: string;
  text?: string;
  title?: string;
  body?: string;
  sponsor?: string;
}

export interface AssetsTable {
  /** SHA-256 of the bytes, in hex. */
  hash: string;
  content_type:
    | 'image/png'
    | 'image/jpeg'
    | 'image/gif'
    | 'image/webp'
    | 'image/avif'
    | 'image/svg+xml'
    | 'application/vnd.signpost.bundle';
  /** null only for bundles. */
  width: number | null;
  height: number | null;
  bytes: Uint8Array;
  created_at: MadeAt;
}

export interface SitesTable extends Entity<SupplyStatus> {
  domain: string;
}

export interface ZonesTable extends Entity<SupplyStatus> {
  site_id: number;
  /** Written as JSON text, read as the parsed value. */
  sizes: JSONColumnType<[width: number, height: number][]>;
}

export interface SentValuesTable {
  advertiser_id: number;
  visitor: string;
  value: string;
  sent_at: ColumnType<Date, Date | undefined, Date>;
}

export interface SentValuesVersionTable {
  version: number;
}

export interface InventoryVersionTable {
  only_row: Generated<boolean>;
  version: number;
}

export interface InstallationTable {
  only_row: Generated<boolean>;
  demo_seeded_at: Date | null;
}

export interface UsersTable {
  id: Identity;
  name: string;
  email: string | null;
  role: 'admin' | 'adops' | 'advertiser' | 'publisher' | 'analyst';
  language: Generated<'en' | 'zh-TW'>;
  status: Generated<SupplyStatus>;
  /** argon2id as PHC string. */
  password: string | null;
  created_at: MadeAt;
  updated_at: ChangedAt;
}

export interface SessionsTable {
  id: Identity;
  user_id: number;
  hash: Uint8Array;
  browser: string;
  created_at: MadeAt;
  last_used_at: ChangedAt;
}

export interface SecondFactorsTable {
  user_id: number;
  secret: Uint8Array;
  confirmed_at: Date | null;
  last_step: Generated<number>;
  recovery_hashes: Generated<string[]>;
}

export interface PasswordLinksTable {
  user_id: number;
  hash: Uint8Array;
  expires_at: Date;
}

export interface MailsTable {
  id: Identity;
  kind: 'invitation' | 'reset';
  user_id: number | null;
  email: string | null;
  status: Generated<'waiting' | 'sending' | 'sent' | 'failed'>;
  next_at: ChangedAt;
  claim: string | null;
  claimed_until: Date | null;
  attempts: Generated<number>;
  error: string | null;
  made_at: MadeAt;
  ended_at: Date | null;
}

export interface UserAdvertisersTable {
  user_id: number;
  advertiser_id: number;
}

export interface UserSitesTable {
  user_id: number;
  site_id: number;
}

export interface ApiKeysTable {
  id: Identity;
  name: string;
  /** SHA-256 of the key. */
  hash: Uint8Array;
  /** Whose it is: a user's or an advertiser's. */
  user_id: number | null;
  advertiser_id: number | null;
  /** null: all that its owner may do. */
  scopes: string[] | null;
  created_at: MadeAt;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface AuditLogTable {
  id: Identity;
  at: MadeAt;
  request: string | null;
  actor: 'user' | 'key' | 'local' | 'nobody' | 'system';
  user_id: number | null;
  key_id: number | null;
  session_id: number | null;
  address: string | null;
  action: string;
  entity: string | null;
  entity_id: string | null;
  /** Written as JSON text, read as the parsed value. */
  before: ColumnType<Record<string, unknown> | null, string | null | undefined, never>;
  after: ColumnType<Record<string, unknown> | null, string | null | undefined, never>;
}

export interface IdempotencyKeysTable {
  owner: string;
  key: string;
  fingerprint: Buffer;
  answer: JSONColumnType<object | null, string | null | undefined, string>;
  created_at: MadeAt;
}

export interface SecretsTable {
  name: string;
  value: JSONColumnType<object>;
  created_at: MadeAt;
  updated_at: ChangedAt;
}

export interface DayKeysTable {
  /** `YYYY-MM-DD`. */
  day: string;
  key: Uint8Array;
}

export type JobOutcome = 'succeeded' | 'failed' | 'interrupted';

export interface JobRunsTable {
  id: Identity;
  job: string;
  started_at: ChangedAt;
  ended_at: Date | null;
  /** null while it runs. */
  outcome: JobOutcome | null;
  counts: ColumnType<Record<string, number>, string | undefined, string>;
  error: string | null;
}

export interface JobStatesTable {
  job: string;
  /** null while nobody runs it; `held_until` with it. */
  owner: string | null;
  held_until: Date | null;
  covered_until: Date;
  last_success_at: Date | null;
  failures: Generated<number>;
  error: string | null;
  next_try_at: Date | null;
}

export interface PacingLedgerTable {
  line_item_id: number;
  state: JSONColumnType<object>;
  updated_at: ChangedAt;
}

export interface PacingControllerTable {
  only_row: Generated<boolean>;
  owner: string;
  held_until: Date;
}

export interface PacingWorkersTable {
  worker: string;
  report: JSONColumnType<object>;
  leases: JSONColumnType<object | null, string | null | undefined, string | null>;
  ended: Generated<boolean>;
  seen_at: ChangedAt;
}

export interface PacingShippedTable {
  machine: string;
  shipped_until: Date;
  seen_at: ChangedAt;
}

export interface MachineMetricsTable {
  machine: string;
  samples: JSONColumnType<Record<string, number>>;
  seen_at: ChangedAt;
}

export interface DailyCurvesTable {
  /** 0: all sites together. */
  site_id: number;
  time_zone: string;
  weights: JSONColumnType<number[]>;
  learnt_at: ChangedAt;
}

export interface LineItemRatesTable {
  line_item_id: number;
  viewable_rate: number;
  click_rate: number;
  updated_at: ChangedAt;
}

export interface ReportSchedulesTable {
  id: Identity;
  key: Generated<string>;
  name: string;
  status: Generated<DemandStatus>;
  report: string;
  /** Written as JSON text, read as the parsed value. */
  content: JSONColumnType<Record<string, string>>;
  every: 'day' | 'week' | 'month';
  weekday: number | null;
  hour: number;
  time_zone: string;
  formats: JSONColumnType<('csv' | 'xlsx' | 'parquet' | 'ndjson')[]>;
  targets: JSONColumnType<ReportTargets>;
  wait_hours: number;
  active_since: ChangedAt;
  created_at: MadeAt;
  updated_at: ChangedAt;
}

export interface SavedReportsTable {
  id: Identity;
  owner: string;
  name: string;
  shared: boolean;
  report: string;
  query: JSONColumnType<object>;
  created_at: MadeAt;
  updated_at: ChangedAt;
}

export interface ReportSharesTable {
  id: Identity;
  owner: string;
  user_id: number | null;
  name: string;
  hash: Uint8Array;
  report: string;
  query: JSONColumnType<object>;
  scope: JSONColumnType<object>;
  expires_at: Date;
  revoked_at: Date | null;
  last_used_at: Date | null;
  created_at: MadeAt;
}

/** Where a scheduled report goes: addresses; a folder below that of all reports; what objects' names begin with. */
export interface ReportTargets {
  email?: string[];
  folder?: string;
  bucket?: string;
}

export interface ReportDeliveriesTable {
  id: Identity;
  schedule_id: number;
  /** `YYYY-MM-DD`. */
  first_day: string;
  last_day: string;
  target: 'email' | 'folder' | 'bucket';
  due_at: Date;
  status: Generated<'waiting' | 'sending' | 'delivered' | 'failed'>;
  next_at: Date;
  claim: string | null;
  claimed_until: Date | null;
  attempts: Generated<number>;
  provisional: boolean | null;
  result: JSONColumnType<object | null, string | null | undefined, string | null>;
  error: string | null;
  ended_at: Date | null;
}

export interface PrivacyScansTable {
  machine: string;
  made_at: ChangedAt;
  problems: number;
  /** Written as JSON text, read as the parsed value. */
  content: JSONColumnType<object>;
}

/** The tables as the migrations leave them. jsonb is written as JSON text, int8 is a number, date is a string. */
export interface Tables {
  advertisers: AdvertisersTable;
  campaigns: CampaignsTable;
  conversion_actions: ConversionActionsTable;
  line_items: LineItemsTable;
  creatives: CreativesTable;
  assets: AssetsTable;
  sites: SitesTable;
  zones: ZonesTable;
  interest_categories: InterestCategoriesTable;
  segments: SegmentsTable;
  inventory_version: InventoryVersionTable;
  sent_values: SentValuesTable;
  sent_values_version: SentValuesVersionTable;
  installation: InstallationTable;
  users: UsersTable;
  user_advertisers: UserAdvertisersTable;
  user_sites: UserSitesTable;
  sessions: SessionsTable;
  password_links: PasswordLinksTable;
  second_factors: SecondFactorsTable;
  mails: MailsTable;
  api_keys: ApiKeysTable;
  audit_log: AuditLogTable;
  idempotency_keys: IdempotencyKeysTable;
  secrets: SecretsTable;
  day_keys: DayKeysTable;
  job_runs: JobRunsTable;
  job_states: JobStatesTable;
  pacing_ledger: PacingLedgerTable;
  pacing_controller: PacingControllerTable;
  pacing_workers: PacingWorkersTable;
  pacing_shipped: PacingShippedTable;
  machine_metrics: MachineMetricsTable;
  daily_curves: DailyCurvesTable;
  line_item_rates: LineItemRatesTable;
  saved_reports: SavedReportsTable;
  report_shares: ReportSharesTable;
  report_schedules: ReportSchedulesTable;
  report_deliveries: ReportDeliveriesTable;
  privacy_scans: PrivacyScansTable;
}
