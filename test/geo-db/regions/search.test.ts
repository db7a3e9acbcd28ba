import { describe, expect, test } from 'vitest';
import { searchRegions } from '../../../geo-db/index.ts';

const codes = (text: string) => searchRegions(text, 10).map(({ code }) => code);

describe('searching regions', () => {
  test.each([
    ['bava', 'DE-BY'],
    ['BAYERN', 'DE-BY'],
    ['de-by', 'DE-BY'],
    ['taipei', 'TW-TPE'],
    ['zur', 'CH-ZH'],
    ['são pau', 'BR-SP'],
    ['sao pau', 'BR-SP'],
  ])('%s finds %s', (text, code) => {
    expect(codes(text)).toContain(code);
  });

  test('names that begin so come before names that have it further on', () => {
    const names = searchRegions('york', 10).map(({ name }) => name);
    expect(names.indexOf('York')).toBeLessThan(names.indexOf('New York'));
  });

  test('answers no more than asked for, and nothing where there is nothing', () => {
    expect(searchRegions('a', 3)).toHaveLength(3);
    expect(codes('xyzzy')).toEqual([]);
  });
});
