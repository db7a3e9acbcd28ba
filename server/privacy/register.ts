import type { Role } from '../accounts/index.ts';
import type { Purpose } from '../audience/purposes.ts';
import type { Settings } from '../settings/index.ts';
import type { StoreName } from './part.ts';

/** The same in both languages of the console. */
export interface Words {
  readonly en: string;
  readonly 'zh-TW': string;
}

/** Where something is kept: besides the stores that are looked through, places that no scan reaches. */
export type Where = Exclude<StoreName, 'process_logs' | 'files'> | 'memory' | 'browser';

export interface Kept {
  readonly where: Where;
  /** `table.column`, of stores that have some; the log's fields are those of `events`. */
  readonly columns: readonly string[];
  readonly howLong: (settings: Settings) => Words;
}

/** One category of data about people: the register that screen, report and docs/privacy.md come from. */
export interface Holding {
  readonly id: string;
  readonly about: 'visitor' | 'user';
  readonly what: Words;
  readonly why: Words;
  readonly kept: readonly Kept[];
  /** Who sees it one by one, and not counted with others. */
  readonly readers: readonly Role[];
  /** Which consent of the visitor's it needs; null: that is not a matter of consent. */
  readonly consent: Purpose | null;
}

const words = (en: string, zhTw: string): Words => ({ en, 'zh-TW': zhTw });
const days = (count: number): Words => words(count === 1 ? '1 day' : `${count} days`, `${count} 天`);
const fixed = (en: string, zhTw: string) => () => words(en, zhTw);

const eventsDays = ({ EVENTS_DAYS }: Settings) => days(EVENTS_DAYS);
const auditDays = ({ AUDIT_LOG_DAYS }: Settings) => days(AUDIT_LOG_DAYS);
const logDays = ({ LOG_ARCHIVE_DAYS: kept, LOG_ARCHIVE_STORE: store }: Settings): Words => {
  if (kept === 0 && store === undefined) return words('until ClickHouse has it', '至 ClickHouse 收到為止');
  const { en, 'zh-TW': zhTw } = days(kept);
  if (store === undefined) return words(en, zhTw);
  return words(
    `${en}, then in LOG_ARCHIVE_STORE until the operator removes it`,
    `${zhTw}，之後在 LOG_ARCHIVE_STORE，直到營運者移除`,
  );
};
/** At the longest: the newest backup of each of so many months is kept. */
const backupsKept = (settings: Settings): Words => {
  const { BACKUP_AT, BACKUP_KEEP_DAYS: d, BACKUP_KEEP_WEEKS: w, BACKUP_KEEP_MONTHS: m } = settings;
  if (BACKUP_AT === 'off') return words('no backups are scheduled', '未排定備份');
  return words(
    `as long as backups: of ${d} days, ${w} weeks and ${m} months`,
    `與備份相同：${d} 天、${w} 週、${m} 個月`,
  );
};

/** Columns of events in both of its stores, and in backups with the rest of ClickHouse. */
const events = (...columns: readonly string[]): Kept[] => {
  const named = columns.map((column) => `events.${column}`);
  return [
    { where: 'log', columns: named, howLong: logDays },
    { where: 'clickhouse', columns: named, howLong: eventsDays },
    { where: 'backups', columns: [], howLong: backupsKept },
  ];
};
/** Columns of PostgreSQL, whose tables are in backups, too. */
const rows = (columns: readonly string[], howLong: Kept['howLong']): Kept[] => [
  { where: 'postgres', columns, howLong },
  { where: 'backups', columns: [], howLong: backupsKept },
];
const staff: readonly Role[] = ['admin', 'adops'];
const nobody: readonly Role[] = [];

export const holdings: readonly Holding[] = [
  {
    ...{ id: 'address', about: 'visitor', readers: nobody, consent: null },
    what: words("The visitor's exact address", '訪客的完整 IP 位址'),
    why: words(
      'Finding the location, making the number of the day, telling rates',
      '判斷所在地、產生當日編號、計算頻率',
    ),
    kept: [
      {
        ...{ where: 'memory', columns: [] },
        howLong: fixed(
          'for the length of the request; of who signs in, until attempts are forgotten',
          '請求期間；登入嘗試則至遺忘為止',
        ),
      },
    ],
  },
  {
    ...{ id: 'network', about: 'visitor', readers: staff, consent: null },
    what: words(
      'The network: the address masked to /24 (IPv6 to /48)',
      '網段：位址遮蔽至 /24（IPv6 為 /48）',
    ),
    why: words('Telling invalid traffic', '辨識無效流量'),
    kept: [
      ...events('network'),
      {
        ...{ where: 'clickhouse', columns: ['event_marks.network', 'traffic_reversals.network'] },
        howLong: fixed('as long as what was decided about it', '與相關決定相同'),
      },
    ],
  },
  {
    ...{ id: 'location', about: 'visitor', readers: nobody, consent: null },
    what: words('Country, region, city, autonomous system', '國家、地區、城市、自治系統'),
    why: words('Banners by region, and counts by region', '依地區顯示廣告及統計'),
    kept: events('country', 'region', 'city', 'asn', 'geo_build'),
  },
  {
    ...{ id: 'browser', about: 'visitor', readers: nobody, consent: null },
    what: words(
      'Browser, system, device, language: what was read from headers, not the headers',
      '瀏覽器、系統、裝置、語言：僅保存解讀結果',
    ),
    why: words('Counts by browser, and banners that fit', '依瀏覽器統計，並顯示合適的廣告'),
    kept: events('browser', 'browser_version', 'os', 'os_version', 'device', 'language'),
  },
  {
    ...{ id: 'page', about: 'visitor', readers: nobody, consent: null },
    what: words(
      "The page's address without query string, fragment, user name and password; the referrer's host name",
      '頁面位址（不含查詢字串、片段、帳號與密碼）；來源網站的主機名稱',
    ),
    why: words('Counts by page, and banners by page', '依頁面統計及顯示廣告'),
    kept: events('page', 'referrer'),
  },
  {
    ...{ id: 'visitor', about: 'visitor', readers: nobody, consent: 'necessary' },
    what: words('The visitor number of one day, or of the cookie', '訪客編號（當日，或 Cookie 中的）'),
    why: words('Counting visitors', '計算訪客數'),
    kept: [
      ...events('visitor', 'visitor_kind'),
      {
        ...{ where: 'clickhouse', columns: ['visitor_days.*'] },
        howLong: ({ EVENTS_DAYS }) =>
          words(
            `${EVENTS_DAYS} days and to the end of the month: on which days and where it was seen`,
            `${EVENTS_DAYS} 天並至該月底：出現的日期與地點`,
          ),
      },
    ],
  },
  {
    ...{ id: 'visitor-cookie', about: 'visitor', readers: nobody, consent: 'measurement' },
    what: words(
      'The same number on later days; which banners were shown how often',
      '跨日相同的編號；各廣告顯示次數',
    ),
    why: words('Counting returning visitors, frequency caps', '計算回訪者、限制顯示次數'),
    kept: [
      { where: 'browser', columns: [], howLong: fixed('as the table of cookies has it', '見 Cookie 表') },
    ],
  },
  {
    ...{ id: 'consent', about: 'visitor', readers: nobody, consent: 'necessary' },
    what: words('What the visitor consented to, and by which sources', '訪客同意的項目及其來源'),
    why: words('Heeding it, and being able to show that', '遵守並能證明'),
    kept: [
      ...events('consent'),
      { where: 'browser', columns: [], howLong: fixed('as the table of cookies has it', '見 Cookie 表') },
    ],
  },
  {
    ...{ id: 'interests', about: 'visitor', readers: nobody, consent: 'personalisation' },
    what: words(
      "The visitor's interests, encrypted in the visitor's own browser",
      '訪客的興趣，加密後存於其瀏覽器',
    ),
    why: words('Banners that fit', '顯示合適的廣告'),
    kept: [
      { where: 'browser', columns: [], howLong: fixed('90 days after the last page', '最後瀏覽後 90 天') },
    ],
  },
  {
    ...{ id: 'segments', about: 'visitor', readers: nobody, consent: 'personalisation' },
    what: words('Names of the segments that the visitor was in', '訪客所屬的客群名稱'),
    why: words('Reports on audiences', '受眾報表'),
    kept: events('segments'),
  },
  {
    ...{ id: 'advertiser-values', about: 'visitor', readers: nobody, consent: 'advertisers' },
    what: words(
      'What an advertiser keeps for a visitor: a random number, and a value of at most 64 characters',
      '廣告主為訪客保存的資料：隨機編號與最多 64 個字元的值',
    ),
    why: words('Banners chosen by it; the advertiser alone reads it', '依此選擇廣告；僅該廣告主可讀取'),
    kept: [
      {
        ...{ where: 'browser', columns: [] },
        howLong: fixed('90 days after its last ad', '其最後一則廣告後 90 天'),
      },
      {
        ...{ where: 'postgres', columns: ['sent_values.*'] },
        howLong: fixed(
          '14 days: what its server sent, until the browser has come for it; in no backup',
          '14 天：由其伺服器送來，等待瀏覽器取得；不在任何備份中',
        ),
      },
    ],
  },
  {
    ...{ id: 'rates', about: 'visitor', readers: nobody, consent: null },
    what: words(
      'Visitor numbers with the times of their last clicks and impressions',
      '訪客編號及最近點擊與曝光的時間',
    ),
    why: words('Telling impossible rates', '辨識異常頻率'),
    kept: [{ where: 'memory', columns: [], howLong: fixed('up to a day', '至多一天') }],
  },
  {
    ...{ id: 'conversion', about: 'visitor', readers: nobody, consent: null },
    what: words(
      'Of a conversion: value, the click it names, a hash of the order number; of it, and of clicks and impressions, a hash of one day by which they find each other',
      '轉換：價值、對應的點擊、訂單編號的雜湊值；以及轉換、點擊與曝光互相對應用的當日雜湊值',
    ),
    why: words('Showing advertisers what ads brought', '向廣告主說明成效'),
    kept: [
      ...events('value_micros', 'currency', 'decision', 'decision_time', 'conversion_action', 'pairing'),
      {
        ...{ where: 'clickhouse', columns: ['attributed_conversions.*'] },
        howLong: ({ ROLLUP_DAYS }) => days(ROLLUP_DAYS),
      },
    ],
  },
  {
    ...{ id: 'counts', about: 'visitor', readers: nobody, consent: null },
    what: words(
      'Sums and sketches of visitors, by site, place and browser',
      '依網站、地點、瀏覽器的加總與估計',
    ),
    why: words('Reports', '報表'),
    kept: [
      {
        ...{
          where: 'clickhouse',
          columns: ['traffic_rollup.*', 'visitor_rollup.*', 'visitor_local_days.*', 'visitor_returns.*'],
        },
        howLong: ({ ROLLUP_DAYS }) => days(ROLLUP_DAYS),
      },
      { where: 'backups', columns: [], howLong: backupsKept },
    ],
  },
  {
    ...{ id: 'day-keys', about: 'visitor', readers: nobody, consent: null },
    what: words('The random key of the day, without which its numbers say nothing', '當日隨機金鑰'),
    why: words('Making visitor numbers', '產生訪客編號'),
    kept: [
      {
        where: 'postgres',
        columns: ['day_keys.*'],
        howLong: fixed('one day (UTC); in no backup', '一天（UTC）；不在任何備份中'),
      },
    ],
  },
  {
    ...{ id: 'users', about: 'user', readers: ['admin'], consent: null },
    what: words(
      'Of people who work with the console: name, e-mail address, role, language, a hash of the password',
      '主控台使用者：姓名、電子郵件、角色、語言、密碼雜湊值',
    ),
    why: words('Letting them in', '登入'),
    kept: rows(
      ['users.*', 'user_advertisers.*', 'user_sites.*', 'second_factors.*', 'password_links.*', 'api_keys.*'],
      fixed(
        'until an administrator removes them; links for a password three days',
        '至管理員移除為止；密碼連結三天',
      ),
    ),
  },
  {
    ...{ id: 'sessions', about: 'user', readers: nobody, consent: null },
    what: words('Sessions of the console, with what the browser calls itself', '主控台工作階段及瀏覽器名稱'),
    why: words('Staying signed in, seeing where', '維持登入'),
    kept: rows(['sessions.*'], fixed('at most 30 days', '最多 30 天')),
  },
  {
    ...{ id: 'audit', about: 'user', readers: ['admin'], consent: null },
    what: words(
      'Who changed what in the console, and from which network',
      '誰在主控台變更了什麼，以及來自哪個網段',
    ),
    why: words('Answering for changes', '變更的責任歸屬'),
    kept: rows(['audit_log.*'], auditDays),
  },
  {
    ...{ id: 'mails', about: 'user', readers: nobody, consent: null },
    what: words(
      'Mails to people of the console, and the address given for a new password',
      '寄給主控台使用者的郵件，及索取新密碼時輸入的地址',
    ),
    why: words('Sending them', '寄送'),
    kept: rows(['mails.*'], fixed('30 days; the address until it is sent', '30 天；地址至寄出為止')),
  },
  {
    ...{ id: 'schedules', about: 'user', readers: staff, consent: null },
    what: words('Addresses that scheduled reports go to, and what was sent', '排程報表的收件地址及寄送紀錄'),
    why: words('Sending reports', '寄送報表'),
    kept: rows(
      ['report_schedules.*', 'report_deliveries.*'],
      fixed('until the schedule is removed', '至排程移除為止'),
    ),
  },
  {
    ...{ id: 'own-reports', about: 'user', readers: nobody, consent: null },
    what: words("People's saved reports and shared links", '儲存的報表與分享連結'),
    why: words('Finding them again', '再次使用'),
    kept: rows(['saved_reports.*', 'report_shares.*'], fixed('until they remove them', '至其移除為止')),
  },
  {
    ...{ id: 'answers', about: 'user', readers: nobody, consent: null },
    what: words('Answers to what was created under an Idempotency-Key', '以 Idempotency-Key 建立時的回應'),
    why: words('Not doing it twice', '避免重複執行'),
    kept: rows(['idempotency_keys.*'], fixed('1 day', '1 天')),
  },
];

/** Tables that say nothing of any visitor or user, and what they have. A table is here or in a holding; a test asks. */
export const tablesAboutNobody: Readonly<Record<string, string>> = {
  advertisers: 'what is advertised',
  campaigns: 'what is advertised',
  line_items: 'what is advertised',
  creatives: 'what is advertised',
  assets: 'what is advertised',
  conversion_actions: 'what counts as a conversion',
  sites: 'where banners are shown',
  zones: 'where banners are shown',
  interest_categories: 'what pages are about',
  segments: 'rules over categories',
  inventory_version: 'a number',
  installation: 'a date',
  sent_values_version: 'a number',
  secrets: 'keys',
  job_runs: 'what Signpost did',
  job_states: 'what Signpost did',
  pacing_ledger: 'counts of line items',
  pacing_controller: 'which process leads',
  pacing_workers: 'counts of line items',
  pacing_shipped: 'how far machines are',
  machine_metrics: 'numbers of machines',
  daily_curves: 'how traffic spreads over a day',
  line_item_rates: 'rates of line items',
  privacy_scans: 'what was found, masked',
  schema_migrations: 'versions',
  dropped_days: 'days',
  dropped_periods: 'counts of hours',
  rollup_runs: 'when numbers were made',
  mark_runs: 'when numbers were made',
  conversion_runs: 'when numbers were made',
  period_events: 'counts of hours',
  traffic_reversals: 'what is counted all the same; networks are named above',
  event_marks: 'what is not counted; networks are named above',
};
