import { describe, expect, it } from 'vitest';
import { BrowserReader, primaryLanguage } from '../../../server/delivery/browser.ts';
import { userAgents } from '../../support/user-agents.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const iosWebkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)';

type Facts = [browser: string, browserVersion: number, os: string, osVersion: string, device: string];
const nothing: Facts = ['', 0, '', '', ''];

/** User-Agent headers as those browsers send them. */
const table: [userAgent: string, facts: Facts][] = [
  [`${windows} ${webkit} Chrome/141.0.0.0 Safari/537.36`, ['Chrome', 141, 'Windows', '10', 'desktop']],
  [
    `${windows} ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/140.0.3537.71`,
    ['Edge', 140, 'Windows', '10', 'desktop'],
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
    ['Firefox', 143, 'Windows', '10', 'desktop'],
  ],
  [
    'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    ['IE', 11, 'Windows', '7', 'desktop'],
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${iosWebkit} Version/18.5 Safari/605.1.15`,
    ['Safari', 18, 'Mac OS', '10.15.7', 'desktop'],
  ],
  [
    `${iphone} ${iosWebkit} Version/18.5 Mobile/15E148 Safari/604.1`,
    ['Mobile Safari', 18, 'iOS', '18.5', 'mobile'],
  ],
  [
    `${iphone} ${iosWebkit} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`,
    ['Chrome', 141, 'iOS', '18.5', 'mobile'],
  ],
  [
    `${iphone} ${iosWebkit} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`,
    ['Firefox', 143, 'iOS', '18.5', 'mobile'],
  ],
  [
    `${iphone} ${iosWebkit} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0.0;FBBV/1]`,
    ['Facebook', 500, 'iOS', '18.5', 'mobile'],
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) ${iosWebkit} Version/17.6 Mobile/15E148 Safari/604.1`,
    ['Mobile Safari', 17, 'iOS', '17.6', 'tablet'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/141.0.0.0 Mobile Safari/537.36`,
    ['Chrome', 141, 'Android', '10', 'mobile'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X906C) ${webkit} Chrome/141.0.0.0 Safari/537.36`,
    ['Chrome', 141, 'Android', '13', 'tablet'],
  ],
  [
    'Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0',
    ['Firefox', 143, 'Android', '14', 'mobile'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) ${webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    ['Samsung Internet', 28, 'Android', '14', 'mobile'],
  ],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/141.0.0.0 Safari/537.36 OPR/122.0.0.0`,
    ['Opera', 122, 'Linux', '', 'desktop'],
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    ['Firefox', 143, 'Ubuntu', '', 'desktop'],
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/141.0.0.0 Safari/537.36`,
    ['Chrome', 141, 'Chromium OS', '14541.0.0', 'desktop'],
  ],
  [
    `Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) ${webkit} 85.0.4183.93/6.5 TV Safari/537.36`,
    ['Safari', 0, 'Tizen', '6.5', 'tv'],
  ],
  [
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${webkit} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`,
    ['Chrome', 94, 'webOS', 'TV', 'tv'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 9; AFTMM) ${webkit} Silk/120.4.1 like Chrome/120.0.0.0 Safari/537.36`,
    ['Silk', 120, 'Android', '9', 'tv'],
  ],
  [
    `Mozilla/5.0 (PlayStation; PlayStation 5/6.50) ${iosWebkit} Version/15.4 Safari/605.1.15`,
    ['Safari', 15, 'PlayStation', '5', 'console'],
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    ['Edge', 141, 'Xbox', 'One', 'console'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 11; SAMSUNG SM-R870) ${webkit} SamsungBrowser/14.2 Chrome/87.0.4280.141 Mobile Safari/537.36`,
    ['Samsung Internet', 14, 'Android', '11', 'wearable'],
  ],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', nothing],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', nothing],
  ['curl/8.5.0', nothing],
  ['python-requests/2.32.3', nothing],
  ['', nothing],
  ['\u0000\ud800"\\', nothing],
  ['x'.repeat(5000), nothing],
  ['Chrome/99999999.0 Windows NT 10.0', ['Chrome', 0, 'Windows', '10', 'desktop']],
  ['Chrome/65535.0', ['Chrome', 65535, '', '', '']],
];

describe('the browser reader', () => {
  it.each(table)('reads %s', (userAgent, [browser, browserVersion, os, osVersion, device]) => {
    const { facts } = new BrowserReader().read(userAgent);
    expect(facts).toEqual({ browser, browserVersion, os, osVersion, device });
  });

  it('takes a missing header for an empty one', () => {
    const reader = new BrowserReader();
    expect(reader.read(undefined)).toBe(reader.read(''));
    expect(reader.read(undefined).fields.toString()).toBe('');
  });

  it('reads each text once', () => {
    const reader = new BrowserReader();
    const [text] = userAgents(1);
    expect(reader.read(text)).toBe(reader.read(text));
  });

  it('gives every text a number of its own, the same in every process', () => {
    const texts = userAgents(2000);
    const numberOf = (reader: BrowserReader, text: string) => {
      const { hashHigh, hashLow } = reader.read(text);
      return `${hashHigh} ${hashLow}`;
    };
    const reader = new BrowserReader();
    const numbers = texts.map((text) => numberOf(reader, text));
    expect(new Set(numbers).size).toBe(new Set(texts).size);
    expect(texts.map((text) => numberOf(new BrowserReader(), text))).toEqual(numbers);
  });

  it('does not look beyond 512 characters', () => {
    const reader = new BrowserReader();
    const start = 'Chrome/141.0 '.padEnd(512, 'x');
    expect(reader.read(`${start}Windows NT 10.0`)).toBe(reader.read(`${start}Android 14`));
    expect(reader.read(start).facts.os).toBe('');
  });

  it('makes log fields that are JSON, whatever the header holds', () => {
    const reader = new BrowserReader();
    for (const text of [...table.map(([userAgent]) => userAgent), 'Opera/9 (X11; "Linux\\ \u2028)']) {
      expect(() => JSON.parse(`{"x":1${reader.read(text).fields}}`)).not.toThrow();
    }
  });
});

describe('the primary language', () => {
  it.each([
    ['de-DE,de;q=0.9,en;q=0.8', 'de-de'],
    ['zh-TW', 'zh-tw'],
    ['zh-Hant-TW;q=0.9', 'zh-hant-tw'],
    ['en', 'en'],
    ['en ,de', 'en'],
    ['es-419', 'es-419'],
    ['a'.repeat(35), 'a'.repeat(35)],
    ['a'.repeat(36), ''],
    ['', ''],
    ['*', ''],
    ['x', ''],
    [' en', ''],
    [';q=1', ''],
    ['你好', ''],
    ['"><script>', ''],
    [undefined, ''],
  ])('of "%s" is "%s"', (header, language) => {
    expect(primaryLanguage(header)).toBe(language);
  });
});
