import { describe, expect, it } from 'vitest';
import { hostOf, pageAddress } from '../../../server/delivery/page-address.ts';
import { pick, seededRandom } from '../../support/random.ts';

describe("a page's address as it is kept", () => {
  it.each([
    ['https://news.example/a/b', 'https://news.example/a/b'],
    ['http://news.example', 'http://news.example/'],
    ['https://News.Example:8443/News', 'https://news.example:8443/News'],
    ['https://User:Pw@News.Example', 'https://news.example/'],
    ['https://news.example/', 'https://news.example/'],
    ['https://news.example:8443/a', 'https://news.example:8443/a'],
    ['https://news.example/a?email=x@y.z', 'https://news.example/a'],
    ['https://news.example/a#token=1', 'https://news.example/a'],
    ['https://news.example/a#part?x', 'https://news.example/a'],
    ['https://news.example?x=1', 'https://news.example/'],
    ['https://news.example#x', 'https://news.example/'],
    ['https://news.example?next=https://user:pw@other.example/', 'https://news.example/'],
    ['https://user:secret@news.example/a', 'https://news.example/a'],
    ['https://user@news.example/a', 'https://news.example/a'],
    ['https://@news.example/a', 'https://news.example/a'],
    ['https://us@er:sec@ret@news.example/a', 'https://news.example/a'],
    ['https://news.example/@user/post', 'https://news.example/@user/post'],
    ['https://news.example/a?x=@#@', 'https://news.example/a'],
    ['https://[2001:db8::1]/a', 'https://[2001:db8::1]/a'],
    ['https://[2001:db8::1]:8443/a?x', 'https://[2001:db8::1]:8443/a'],
    ['https://user:pw@[2001:db8::1]/a', 'https://[2001:db8::1]/a'],
    ['https://news.example/%zz%', 'https://news.example/%zz%'],
    ['https://news.example/%E4%BD%A0', 'https://news.example/%E4%BD%A0'],
    ['https://新聞.example/你好', 'https://新聞.example/你好'],
    ['https://news.example/a\ud800b', 'https://news.example/a\ufffdb'],
    ['https://news.example/😀', 'https://news.example/😀'],
  ])('of %s is %s', (text, kept) => {
    expect(pageAddress(text)).toBe(kept);
  });

  it.each([
    undefined,
    '',
    'news.example/a',
    '//news.example/a',
    'HTTPS',
    'http:/news.example',
    'http://',
    'https://',
    'https:///a',
    'https://?x',
    'https://#x',
    'https://user@/a',
    'https://user:pw@',
    'https://user:pw@?x',
    'ftp://news.example/',
    'javascript:alert(1)',
    'data:text/html,http://news.example/',
    'about:blank',
    ' https://news.example/',
  ])('is empty for %s', (text) => {
    expect(pageAddress(text)).toBe('');
    expect(hostOf(text)).toBe('');
  });

  it('is cut at 1024 characters, and never in the middle of one', () => {
    const start = 'https://news.example/';
    expect(pageAddress(start + 'a'.repeat(100_000))).toBe(start + 'a'.repeat(1024 - start.length));
    const cut = pageAddress(`${start.padEnd(1023, 'a')}😀`);
    expect(cut).toHaveLength(1024);
    expect(cut.isWellFormed()).toBe(true);
  });

  it('holds nothing of what stands behind the path or before the host, whatever the length', () => {
    const secret = 'SECRET';
    const long = 'a'.repeat(2000);
    for (const text of [
      `https://${long}${secret}@news.example/`,
      `https://user:${secret}${long}@news.example/`,
      `https://news.example/?${secret}${long}`,
    ]) {
      expect(pageAddress(text)).toBe('https://news.example/');
    }
  });
});

describe('the host of a page', () => {
  it.each([
    ['https://News.Example:8443/a?x', 'news.example'],
    ['https://user:pw@news.example', 'news.example'],
    ['https://news.example./a', 'news.example'],
    ['https://[2001:DB8::1]:8443/a', '[2001:db8::1]'],
    ['https://新聞.example/', 'xn--efvv70d.example'],
    ['https://news.example:99999/', ''],
    ['https://bad host/', ''],
    ['https://%zz/', ''],
    ['https://[::1/', ''],
    ['https://a\ud800/', ''],
  ])('of %s is "%s"', (text, host) => {
    expect(hostOf(text)).toBe(host);
  });

  it('is what a URL parser says, however it is found', () => {
    const random = seededRandom(5);
    const parts = [
      'a',
      'news',
      '-',
      '--',
      'xn--',
      'xn--efvv70d',
      '1',
      '127',
      '0x7f',
      '.',
      '..',
      'example',
      'com',
      '_',
    ];
    for (let i = 0; i < 20_000; i++) {
      const host = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(parts, random)).join(
        random() < 0.5 ? '.' : '',
      );
      const url = `https://${host}/`;
      const parsed = URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : '';
      expect([url, hostOf(url)]).toEqual([url, parsed]);
    }
  });
});
