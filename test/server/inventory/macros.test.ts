import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { macroNames, parseTemplate, restoreMacros } from '../../../server/inventory/macros.ts';

describe('a template', () => {
  it('is fixed text and macros in turn', () => {
    expect(parseTemplate('a={zone}&b={city_enc}!')).toEqual([
      'a=',
      { name: 'zone', encoded: false, link: '' },
      '&b=',
      { name: 'city', encoded: true, link: '' },
      '!',
    ]);
  });

  it('names links of its creative', () => {
    expect(parseTemplate('{click_url:terms}{click_url_enc:terms}', { terms: '' })).toEqual([
      { name: 'click_url', encoded: false, link: 'terms' },
      { name: 'click_url', encoded: true, link: 'terms' },
    ]);
  });

  it.each([
    'nothing',
    '{unknown}',
    '{ zone }',
    '{ZONE}',
    '{zone',
    'zone}',
    '{zone:terms}',
    '{click_url:terms}',
    '{click_url:__proto__}',
    '{"id":{"zone":1}}',
    '{}',
  ])('leaves %s as it is', (text) => {
    expect(parseTemplate(text)).toEqual([text]);
  });

  it('finds macros again that a URL parser has encoded, and nothing else', () => {
    const path = new URL('https://example.com/{city}/{city_enc}/{other}?a={zone}').href;
    expect(restoreMacros(path)).toBe('https://example.com/{city}/{city_enc}/%7Bother%7D?a={zone}');
  });

  it('has no macro that the guide does not list', () => {
    const guide = readFileSync(new URL('../../../docs/creatives.md', import.meta.url), 'utf8');
    const listed = [...guide.matchAll(/^\| `\{(\w+)\}`/gm)].map(([, name]) => name);
    expect(listed).toEqual([...macroNames]);
  });
});
