import type { Settings } from '../../settings/index.ts';
import { type Sentence, said } from './sentence.ts';

const ad = 'server/delivery/ad.test.ts';
const retention = 'analytics/retention/drop-old.test.ts';
const scan = 'system/privacy.test.ts';
const interests = 'server/audience/interests.test.ts';
const backsUp = ({ BACKUP_AT }: Settings): boolean => BACKUP_AT !== 'off';

/** Interests, events, what others get, and how all of it is seen to. */
export const storedSentences: readonly Sentence[] = [
  {
    ...{ id: 'interests-in-browser', section: 'interests' },
    text: ({ INTEREST_HALF_LIFE_DAYS: days }) => ({
      en: `With your consent to personalisation we learn interests from the pages you visit. They are kept in one cookie in your own browser, encrypted, of at most 500 bytes, and on no server of ours; a visit counts half after ${days} days.`,
      'zh-TW': `經您同意個人化後，我們從您瀏覽的頁面學習興趣。興趣加密保存在您瀏覽器的一個 Cookie 中（最多 500 位元組），不存於我們的伺服器；每次瀏覽的權重在 ${days} 天後減半。`,
    }),
    heldBy: [
      [interests, 'never take more than 500 bytes with the name of their cookie'],
      [interests, 'weigh half after the half-life, and nothing once they are forgotten'],
      [interests, 'come back out of their cookie as they went in, also after the key was rotated'],
    ],
  },
  {
    ...{ id: 'interests-removed', section: 'interests' },
    text: said(
      'The privacy page shows your interests, and removes any that you do not want; the next banner heeds it.',
      '隱私頁面會顯示您的興趣，並可移除任何一項；下一則廣告即會遵守。',
    ),
    heldBy: [
      [
        'e2e/interests.test.ts',
        'ten visits to pages about storage choose the storage banner, until the interest is removed',
      ],
    ],
  },
  {
    ...{ id: 'segments-in-events', section: 'interests' },
    text: said(
      'With the same consent the names of the groups of interests that you were in are stored with an ad request and an impression.',
      '在同樣的同意下，您當時所屬的興趣群組名稱會隨廣告請求與曝光一併儲存。',
    ),
    heldBy: [
      [interests, 'sees the banner of an interest after ten visits, and not any more once it is removed'],
    ],
  },
  {
    ...{
      id: 'sensitive-refused',
      section: 'interests',
      when: ({ INTEREST_SENSITIVE: s }) => s === 'refused',
    },
    text: said(
      'Our software refuses interests that are named after health, religion, politics, sexuality, ethnicity, trade unions, offences or children.',
      '我們的軟體會拒絕以健康、宗教、政治、性傾向、族群、工會、犯罪或兒童命名的興趣。',
    ),
    heldBy: [
      [
        'server/api/interests.test.ts',
        'about what the law guards most are told by their words, and others are let be',
      ],
    ],
  },
  {
    ...{
      id: 'sensitive-allowed',
      section: 'interests',
      when: ({ INTEREST_SENSITIVE: s }) => s === 'allowed',
    },
    text: said(
      'Interests may also be about what the law guards most, such as health, religion or politics.',
      '興趣可能涉及法律特別保護的事項，例如健康、宗教或政治。',
    ),
    heldBy: [
      [
        'server/privacy/settings-in-force.test.ts',
        'INTEREST_SENSITIVE lets sensitive interests be, or refuses them',
      ],
    ],
  },
  {
    ...{ id: 'events-stored', section: 'stored' },
    text: said(
      "Of each page view, request for a banner, impression and click we store: the time; the page's address without its query string; the host name of the page before; country, region, city and the operator of the network; browser, system, kind of device and language, not the headers themselves; the network and the number as said above; and what you consented to.",
      '每次頁面瀏覽、廣告請求、曝光與點擊，我們儲存：時間；不含查詢字串的頁面位址；前一頁的主機名稱；國家、地區、城市與網路業者；瀏覽器、系統、裝置類型與語言（非原始標頭）；上述的網段與編號；以及您同意的項目。',
    ),
    heldBy: [
      [ad, 'is logged before its answer, with place, browser and a masked address'],
      [ad, 'is recorded without query string, fragment and user, and with the referrer host'],
      ['server/privacy/register.test.ts', 'names every column of events'],
    ],
  },
  {
    ...{ id: 'events-kept', section: 'stored' },
    text: ({ EVENTS_DAYS: days, ROLLUP_DAYS: sums }) => ({
      en: `These events are kept for ${days} days, and go once the sums are made of them; the sums, which name nobody, for ${sums} days, by whole months.`,
      'zh-TW': `這些事件保存 ${days} 天，並在統計完成後刪除；不指名任何人的統計數字保存 ${sums} 天（以整月計）。`,
    }),
    heldBy: [
      [retention, 'drops the raw events of old days, and reports stay what they were'],
      [retention, 'keeps a day for as many whole days as it is told'],
      [retention, 'drops numbers by whole months, with what says that they count'],
    ],
  },
  {
    ...{ id: 'visitor-days-kept', section: 'stored' },
    text: ({ EVENTS_DAYS: days }) => ({
      en: `To count visitors of several days once, their numbers are stored with the days on which they were seen, the region and the browser; by whole months, and as long as the events: ${days} days.`,
      'zh-TW': `為使跨日訪客只計一次，我們儲存其編號與出現的日期、地區及瀏覽器；以整月計，期限與事件相同：${days} 天。`,
    }),
    heldBy: [
      ['server/privacy/register.test.ts', 'names every table of both databases, and none that is not there'],
      [retention, 'keeps marks as long as there are raw events of their month'],
      ['server/privacy/scan.test.ts', 'finds what is older than it is kept for'],
    ],
  },
  {
    ...{ id: 'pairing', section: 'others' },
    text: said(
      "So that an advertiser's purchase and the ad before it find each other on the same day, events of ads have a hash of the number of the day and the advertiser, under the key that is destroyed with the day.",
      '為使同一天內的購買與先前的廣告得以對應，廣告事件含有當日編號與廣告主的雜湊值，其金鑰於當日結束後銷毀。',
    ),
    heldBy: [
      [
        'server/delivery/conversion.test.ts',
        'is found again by the day and the advertiser alone, where the advertiser’s page has no cookie',
      ],
      [
        'server/secrets/key-files.test.ts',
        'is gone from the disk once it was destroyed, its bytes overwritten',
      ],
    ],
  },
  {
    ...{
      ...{ id: 'log-kept', section: 'stored' },
      when: ({ LOG_ARCHIVE_DAYS: days, LOG_ARCHIVE_STORE: store }) => days > 0 && store === undefined,
    },
    text: ({ LOG_ARCHIVE_DAYS: days }) => ({
      en: `The log that they come from is kept for ${days} days.`,
      'zh-TW': `事件來源的記錄檔保存 ${days} 天。`,
    }),
    heldBy: [
      ['analytics/archive/archive.test.ts', 'is deleted, or moved to the store: %s'],
      ['analytics/archive/archive.test.ts', 'is not today, nor any of so many days before'],
    ],
  },
  {
    ...{
      ...{ id: 'log-stored', section: 'stored' },
      when: ({ LOG_ARCHIVE_STORE: store }) => store !== undefined,
    },
    text: ({ LOG_ARCHIVE_DAYS: days }) => ({
      en: `The log that they come from is moved to long-term storage of ours after ${days} days.`,
      'zh-TW': `事件來源的記錄檔在 ${days} 天後移至我們的長期儲存空間。`,
    }),
    heldBy: [['analytics/archive/archive.test.ts', 'is deleted, or moved to the store: %s']],
  },
  {
    ...{ id: 'backups-kept', section: 'stored', when: backsUp },
    text: ({ BACKUP_KEEP_DAYS: d, BACKUP_KEEP_WEEKS: w, BACKUP_KEEP_MONTHS: m }) => ({
      en: `Backups of all this are made daily. The newest of each of the last ${d} days, ${w} weeks and ${m} months that have one is kept, with what it builds on; the others are removed.`,
      'zh-TW': `以上資料每日備份。最近 ${d} 天、${w} 週與 ${m} 個月各保留最新一份及其所依據的備份，其餘刪除。`,
    }),
    heldBy: [
      ['server/backup/keep.test.ts', 'are the newest of days, weeks and months, and what they build on'],
      [
        'server/backup/make-backup.test.ts',
        'removes what is not to be kept, and never what another builds on',
      ],
    ],
  },
  {
    ...{ id: 'backups-off', section: 'stored', when: (settings) => !backsUp(settings) },
    text: said('Our software makes no scheduled backups.', '我們的軟體不會定期備份。'),
    heldBy: [['server/privacy/settings-in-force.test.ts', 'BACKUP_AT=off leaves backups to nobody']],
  },
  {
    ...{ id: 'rates-in-memory', section: 'stored' },
    text: said(
      'To tell impossible rates, numbers of visitors are held in memory with the times of their last clicks, and not longer than the day.',
      '為辨識異常頻率，訪客編號與最近點擊時間會暫存於記憶體，不超過一天。',
    ),
    heldBy: [
      [
        'server/delivery/invalid-traffic/rate-table.test.ts',
        'says what the rule says, for as many keys as fit',
      ],
    ],
  },
  {
    ...{ id: 'nobody-else', section: 'others' },
    text: said(
      'Our script in the page talks to our own server alone. A banner that is a document of its own runs apart from the page.',
      '我們在頁面中的程式只與我們自己的伺服器通訊。以獨立文件呈現的廣告與頁面隔離執行。',
    ),
    heldBy: [
      ['e2e/tag.test.ts', 'fills two zones with one request, from its own origin and nobody else'],
      ['e2e/creatives.test.ts', 'a hostile snippet gets nowhere, and its click on itself does not count'],
    ],
  },
  {
    ...{ id: 'advertisers-own', section: 'others' },
    text: said(
      "With your consent to advertisers' own cookies, an advertiser that takes part and whose banner you were shown keeps a random number and a short value in one encrypted cookie in your browser, and may choose its banners by it. Each has a number of its own, and none can read another's. The privacy page shows them and removes any. A value that its server sends waits here for your browser for at most 14 days.",
      '在您同意廣告主專用 Cookie 後，參與且曾向您顯示廣告的廣告主，可在您瀏覽器的一個加密 Cookie 中保存隨機編號與簡短的值，並據以選擇廣告。各廣告主的編號互不相同，也無法讀取他人的資料。隱私頁面會列出並可移除任何一項。由其伺服器送來的值最多在此等待您的瀏覽器 14 天。',
    ),
    heldBy: [
      [
        'e2e/advertiser-values.test.ts',
        'each has a number and a value of its own, in a partitioned cookie that no script reads',
      ],
      [
        'e2e/advertiser-values.test.ts',
        'neither reads, writes or guesses what is the other’s, and neither does the page',
      ],
      [
        'server/audience/advertiser-values.test.ts',
        'takes from a browser what its owner does not consent to any more, and what they remove',
      ],
      [
        'server/audience/advertiser-values.test.ts',
        'gives nothing to advertisers who do not take part, nor without consent, nor with Global Privacy Control',
      ],
    ],
  },
  {
    ...{ id: 'audience-reports', section: 'others' },
    text: ({ K_ANONYMITY: most }) => ({
      en: `Advertisers see counts. Their reports on audiences have no group of fewer than ${most} visitors; smaller ones are put together.`,
      'zh-TW': `廣告主只能看到統計數字。受眾報表中不會出現少於 ${most} 位訪客的群組；較小的群組會合併。`,
    }),
    heldBy: [
      [
        'analytics/reports/anonymity.test.ts',
        'show nothing of few people, and all where there are many in each',
      ],
    ],
  },
  {
    ...{ id: 'conversions', section: 'others' },
    text: said(
      "Where an advertiser counts purchases or the like, its page is told a random number of the click. Of the purchase we store its value and a hash of the order's number, and of an advertiser's server that reports one nothing.",
      '若廣告主統計購買等行為，其頁面會收到點擊的隨機編號。我們只儲存金額與訂單編號的雜湊值；由廣告主伺服器回報時，不儲存該伺服器的任何資料。',
    ),
    heldBy: [
      [
        'server/delivery/conversion.test.ts',
        "tells the landing page its id where the advertiser's conversions ask for it, and comes back by it",
      ],
      ['server/delivery/conversion.test.ts', 'reports with the secret, and nothing of itself is kept'],
    ],
  },
  {
    ...{ id: 'staff-audited', section: 'proof' },
    text: ({ AUDIT_LOG_DAYS: days }) => ({
      en: `What the people who work with our server change is written down for ${days} days, with who it was, and without their address.`,
      'zh-TW': `操作我們伺服器的人員所做的變更會記錄 ${days} 天，包含操作者，但不含其位址。`,
    }),
    heldBy: [
      ['server/audit/audit-log.test.ts', 'tells of a change who made it, and what it was before'],
      ['server/audit/audit-log.test.ts', 'has no secret, and no address'],
      ['server/audit/audit-log.test.ts', 'is only added to, but for what is too old'],
    ],
  },
  {
    ...{ id: 'scanned-daily', section: 'proof' },
    text: said(
      'Each day our software looks through its databases, logs and backups for addresses and e-mail addresses that should not be there and for what is older than said here, and reports what it finds.',
      '我們的軟體每天檢查資料庫、記錄檔與備份，尋找不應存在的 IP 位址與電子郵件地址，以及超過上述期限的資料，並回報結果。',
    ),
    heldBy: [
      [scan, 'has nothing that should not be there after traffic, and says so'],
      ['server/privacy/scan.test.ts', 'finds an address and a mail address in every kind of store'],
      ['server/privacy/scan.test.ts', 'finds what is older than it is kept for'],
    ],
  },
];
