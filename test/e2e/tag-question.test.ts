import { describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

describe.skipIf(noBrowser())('what the page tag asks with, in Chromium', () => {
  const stage = tagStage();
  const asked = () => Object.fromEntries(stage.delivery.seen('/v1/ad')[0]!.query);
  /** Comes to the page by a link on another one, whose origin is `from`. */
  const comeFrom = async (from: string) => {
    const { publisher, page } = stage;
    const link = `<meta name="referrer" content="unsafe-url"><a href="${publisher.origin}/there">go</a>`;
    publisher.pages.set('/search', `<!doctype html>${link}`);
    publisher.pages.set('/there', `<!doctype html>${stage.tag}${sized(12)}`);
    await page.goto(`${from}/search?q=a+secret`);
    await page.click('a');
    await stage.arrived('/v1/ad', 1);
  };

  test('of the page before it is told the site, and nothing else', async () => {
    const other = stage.publisher.origin.replace('localhost', '127.0.0.1');
    await comeFrom(other);
    expect(await stage.page.evaluate('document.referrer')).toBe(`${other}/search?q=a+secret`);
    expect(asked()).toMatchObject({ ref: other });
  });

  test('a page of the same site is not told', async () => {
    await comeFrom(stage.publisher.origin);
    expect(await stage.page.evaluate('document.referrer')).toContain('/search');
    expect(asked()).toMatchObject({ ref: '' });
  });

  test('key-values of the page and of each of its zones', async () => {
    const slot = (zone: number, kv: string) => sized(zone).replace('data-zone', `data-kv="${kv}" data-zone`);
    await stage.open(
      slot(12, 'place:top,mood:calm') + sized(14) + slot(13, 'place:foot'),
      stage.tag.replace('async', 'async data-kv="section:sport"'),
    );
    await stage.arrived('/v1/ad', 1);
    expect(asked()).toMatchObject({
      zones: '12,14,13',
      kv: 'section:sport',
      kvs: 'place:top,mood:calm;;place:foot',
    });
  });

  test('a page without an address of its own gets its ads as well', async () => {
    const inner = `${stage.tag}${sized(12)}`.replaceAll('"', '&quot;');
    await stage.open(`<iframe srcdoc="${inner}" width="400" height="300"></iframe>`, '');
    await stage.arrived('/v1/e/i/', 1);
    expect(asked()).toMatchObject({ zones: '12', url: 'about:srcdoc' });
  });
});
