import { describe, expect, it } from 'vitest';
import type { ReportFilter } from '../../../analytics/index.ts';
import { AppError } from '../../../server/errors.ts';
import { filtersOf, filterText } from '../../../server/reporting/filter-text.ts';

const filter = (
  dimension: string,
  operator: ReportFilter['operator'],
  ...values: (string | number)[]
): ReportFilter => ({ dimension, operator, values });

describe('the filters of a report', () => {
  it('are none where nothing is said', () => {
    for (const text of [undefined, '', '  ', '{}']) expect(filtersOf(text)).toEqual([]);
  });

  it.each([
    ['country=TW', [filter('country', 'eq', 'TW')]],
    ['country=TW,DE', [filter('country', 'in', 'TW', 'DE')]],
    ['country!=TW', [filter('country', 'not', 'TW')]],
    ['country!=TW,DE', [filter('country', 'not_in', 'TW', 'DE')]],
    ['page^=/news/', [filter('page', 'prefix', '/news/')]],
    ['page!^=/news/', [filter('page', 'not_prefix', '/news/')]],
    ['page^=/news/,/sport/', [filter('page', 'prefix', '/news/', '/sport/')]],
    ['country=', [filter('country', 'eq', '')]],
    ['a=1; b != x , y', [filter('a', 'eq', '1'), filter('b', 'not_in', 'x', 'y')]],
    ['page=/a?b=c', [filter('page', 'eq', '/a?b=c')]],
    ['city="a, b","say ""x"""', [filter('city', 'in', 'a, b', 'say "x"')]],
    ['city="a;b"', [filter('city', 'eq', 'a;b')]],
    ['page!=/a;page^=/', [filter('page', 'not', '/a'), filter('page', 'prefix', '/')]],
  ])('are %s as text', (text, filters) => {
    expect(filtersOf(text)).toEqual(filters);
    expect(filtersOf(filterText(filters))).toEqual(filters);
  });

  it('are lists by dimension, or by operator in a dimension, as JSON', () => {
    expect(filtersOf('{"country":["TW",""],"site":[1,2]}')).toEqual([
      filter('country', 'in', 'TW', ''),
      filter('site', 'in', 1, 2),
    ]);
    expect(filtersOf('{"page":{"prefix":["/a"],"not":"/a/b"},"site":3}')).toEqual([
      filter('page', 'prefix', '/a'),
      filter('page', 'not', '/a/b'),
      filter('site', 'in', 3),
    ]);
  });

  it.each([
    ['{country:["TW"]}', '/filter', /valid JSON/],
    ['{"country":[]}', '/filter/country', /list/],
    ['{"country":[["TW"]]}', '/filter/country', /list/],
    ['{"country":["TW",null]}', '/filter/country', /list/],
    ['{"site":true}', '/filter/site', /list/],
    ['{"site":{"like":["x"]}}', '/filter/site/like', /none of eq, in/],
    ['[1]', '/filter', /forms/],
    ['country', '/filter', /forms/],
    ['country~TW', '/filter', /forms/],
    ['country=TW;', '/filter', /forms/],
    ['city="a', '/filter', /quote/],
    ['city=a"b"', '/filter', /quote/],
  ])('refuses %s at %s', (text, path, message) => {
    let thrown: unknown;
    try {
      filtersOf(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({
      code: 'invalid_input',
      fields: [{ path, message: expect.stringMatching(message) }],
    });
  });
});
