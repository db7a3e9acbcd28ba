import { describe, expect, test } from 'vitest';
import {
  conditionOf,
  emptyLeaf,
  groupFrom,
  groupOf,
  incompleteIn,
  ruleOf,
  type Targeting,
} from '../../../server/console/app/screens/targeting/model.ts';

const country: Targeting = { on: 'country', in: ['TW'] };
const region: Targeting = { on: 'region', notIn: ['DE-BY', 'DE-BW'] };

describe('the targeting builder', () => {
  test.each<[string, Targeting | null]>([
    ['nothing', null],
    ['one condition', country],
    ['all of several', { and: [country, region] }],
    ['one of several', { or: [country, region] }],
    ['none of several', { not: { or: [country, region] } }],
    ['not all of several', { not: { and: [country, region] } }],
    ['not one', { not: region }],
    ['groups in groups', { and: [{ or: [country, { and: [region, country] }] }, { not: country }] }],
    ['a key', { on: 'keyValue', key: 'section', in: ['sport'] }],
    ['a version', { on: 'osVersion', of: 'iOS', from: '16' }],
    ['a distance', { on: 'radius', latitude: 0, longitude: -0.5, km: 50 }],
    ['days and hours', { on: 'schedule', weekdays: ['mon'], hours: [0, 8], clock: 'visitor' }],
    ['dates', { on: 'dates', to: '2026-12-24T00:00:00.000Z' }],
  ])('stores %s as it was', (_what, rule) => {
    expect(ruleOf(groupFrom(rule))).toEqual(rule);
  });

  test('leaves out what is not complete, and tells how much that is', () => {
    const group = groupOf('all', [
      conditionOf({ on: 'country', not: false, values: ['TW'] }),
      conditionOf(emptyLeaf('region')),
      conditionOf(emptyLeaf('radius')),
      groupOf('any', [conditionOf(emptyLeaf('schedule')), conditionOf(emptyLeaf('browserVersion'))]),
    ]);
    expect(ruleOf(group)).toEqual(country);
    expect(incompleteIn(group)).toBe(4);
  });
});
