import { type Sentence, said } from './sentence.ts';

const ad = 'server/delivery/ad.test.ts';

/** Banners, and the visitor's address. */
export const bannerSentences: readonly Sentence[] = [
  {
    ...{ id: 'banners-by-region', section: 'banners' },
    text: said(
      'This site shows banners. Our own server chooses them by the region you are in, the page you are on, your browser, your language and the time.',
      '本網站顯示廣告。我們自己的伺服器依您所在的地區、所在頁面、瀏覽器、語言與時間選擇廣告。',
    ),
    heldBy: [
      [ad, 'is answered as the contract says'],
      ['e2e/own-inventory.test.ts', 'visitors from elsewhere get no ad, and the space stays'],
    ],
  },
  {
    ...{ id: 'banners-without-consent', section: 'banners' },
    text: said('Banners come whether or not you consent to anything.', '無論您是否同意，廣告都會顯示。'),
    heldBy: [['e2e/consent.test.ts', 'refusing everything is one click, keeps nothing, and ads still show']],
  },
  {
    ...{ id: 'mark-by-law', section: 'banners', when: ({ AD_MARK }) => AD_MARK === 'by-law' },
    text: said(
      'In the European Economic Area, and where we do not know your country, our script puts a mark on each banner: it says that it is an ad, for whom, who paid for it and why you see it, and lets you hide it.',
      '在歐洲經濟區，或無法得知您所在國家時，我們的程式會在每則廣告上加註標記：說明這是廣告、為誰刊登、由誰付費、為何向您顯示，並讓您隱藏它。',
    ),
    heldBy: [
      [
        'e2e/interests.test.ts',
        'a mark says whose the ad is and why, moves nothing, and hides the ad for this page alone without consent',
      ],
      [
        'e2e/interests.test.ts',
        'an interest that chose the ad is named, and outside of the law of the EU there is no mark',
      ],
    ],
  },
  {
    ...{ id: 'mark-everywhere', section: 'banners', when: ({ AD_MARK }) => AD_MARK === 'everywhere' },
    text: said(
      'Our script puts a mark on each banner: it says that it is an ad, for whom, who paid for it and why you see it, and lets you hide it.',
      '我們的程式會在每則廣告上加註標記：說明這是廣告、為誰刊登、由誰付費、為何向您顯示，並讓您隱藏它。',
    ),
    heldBy: [
      ['server/privacy/settings-in-force.test.ts', 'AD_MARK has a mark by law, everywhere, or nowhere'],
      [
        'e2e/interests.test.ts',
        'a mark says whose the ad is and why, moves nothing, and hides the ad for this page alone without consent',
      ],
    ],
  },
  {
    ...{ id: 'mark-off', section: 'banners', when: ({ AD_MARK }) => AD_MARK === 'off' },
    text: said('Our script puts no mark on banners.', '我們的程式不會在廣告上加註標記。'),
    heldBy: [
      ['server/privacy/settings-in-force.test.ts', 'AD_MARK has a mark by law, everywhere, or nowhere'],
    ],
  },
  {
    ...{ id: 'address-not-stored', section: 'address' },
    text: said(
      'Your IP address is used while your request is answered: to find the region, and for a number of the day. It is not stored.',
      '您的 IP 位址僅在回應請求時使用：判斷地區並產生當日編號，不會儲存。',
    ),
    heldBy: [
      [ad, 'are all that is kept of an address: it is nowhere in the data directory'],
      ['system/privacy.test.ts', 'has nothing that should not be there after traffic, and says so'],
    ],
  },
  {
    ...{ id: 'network-stored', section: 'address' },
    text: said(
      'What is stored in its place is the network: the first three of the four numbers of the address, or the first three groups of an IPv6 address. It serves to tell invalid traffic.',
      '代替儲存的是網段：IPv4 位址的前三個數字，或 IPv6 位址的前三組，用於辨識無效流量。',
    ),
    heldBy: [
      ['geo-db/address.test.ts', 'keeps 24 bits of IPv4 and 48 bits of IPv6'],
      [ad, 'is logged before its answer, with place, browser and a masked address'],
    ],
  },
  {
    ...{ id: 'location-local', section: 'address', when: ({ GEO_WEB_SERVICE }) => GEO_WEB_SERVICE === 'off' },
    text: said(
      'The region is looked up in a file on our own server. Your address goes to nobody for it.',
      '地區是在我們伺服器上的檔案中查詢，您的位址不會傳給任何人。',
    ),
    heldBy: [
      [
        'server/privacy/settings-in-force.test.ts',
        'with GEO_WEB_SERVICE=off nobody is asked about an address, with on MaxMind may be',
      ],
    ],
  },
  {
    ...{
      id: 'location-web-service',
      section: 'address',
      when: ({ GEO_WEB_SERVICE }) => GEO_WEB_SERVICE === 'on',
    },
    text: ({ GEO_WEB_SERVICE_HOST: host }) => ({
      en: `The region is looked up in a file on our own server. Where that does not tell the country, your address is sent to MaxMind (${host}), which answers with the region.`,
      'zh-TW': `地區先在我們伺服器上的檔案中查詢；若無法得知國家，您的位址會傳給 MaxMind（${host}）查詢。`,
    }),
    heldBy: [
      ['geo-db/web-service.test.ts', 'asks with the account, once for an address, and keeps the answer'],
      [
        'server/privacy/settings-in-force.test.ts',
        'with GEO_WEB_SERVICE=off nobody is asked about an address, with on MaxMind may be',
      ],
    ],
  },
  {
    ...{ id: 'number-of-the-day', section: 'address' },
    text: said(
      'Without your consent to more you are counted by a number made of your address and your browser under a random key. The key is destroyed when the day (UTC) is over, and is in no backup; after that nobody, we included, can turn the number back into an address or tell your number of another day.',
      '若您未同意更多，我們以您的位址與瀏覽器經隨機金鑰產生的編號計數。金鑰於當日（UTC）結束後銷毀，也不在任何備份中；此後任何人（包括我們）都無法將編號還原為位址，或得知您其他日子的編號。',
    ),
    heldBy: [
      [ad, 'are the same for an address and a browser all day, and tell others apart'],
      [
        'server/secrets/shared-keys.test.ts',
        'destroys past keys on disk and in the database, and keeps the others as they are',
      ],
      [
        'server/secrets/key-files.test.ts',
        'is gone from the disk once it was destroyed, its bytes overwritten',
      ],
      [
        'server/backup/postgres.test.ts',
        'has every table but those that no backup may have, and no day key in any form',
      ],
    ],
  },
];
