import { describe, expect, it } from 'vitest';
import { queryValue } from '../../../server/delivery/query.ts';
import { seededRandom } from '../../support/random.ts';

describe('a value of a query string', () => {
  it.each([
    ['zone=12', '12'],
    ['a=b&zone=12', '12'],
    ['zone=12&a=b', '12'],
    ['zone=1&zone=2', '1'],
    ['&&zone=12&&', '12'],
    ['zone=', ''],
    ['zone==1', '=1'],
    ['zone=a%20b', 'a b'],
    ['zone=a+b', 'a b'],
    ['zone=%2B', '+'],
    ['zone=%E4%BD%A0', '你'],
    ['zone=1%', '1%'],
    ['zone=%zz', '%zz'],
    ['zone=%E4%BD', '%E4%BD'],
    ['zone=%ED%A0%80', '%ED%A0%80'],
    ['zone=%00', '\u0000'],
  ])('in "%s" is "%s"', (query, value) => {
    expect(queryValue(query, 'zone')).toBe(value);
  });

  it.each(['', 'zone', 'zones=12', 'myzone=12', 'a=zone=12', 'ZONE=12', 'zon%65=12', '=12', '?zone=12'])(
    'is not in "%s"',
    (query) => {
      expect(queryValue(query, 'zone')).toBeUndefined();
    },
  );

  it('is what URLSearchParams finds, for random well-formed queries', () => {
    const random = seededRandom(3);
    const text = () =>
      Array.from({ length: Math.floor(random() * 6) }, () => 'zones=&+% 你1'[Math.floor(random() * 11)]).join(
        '',
      );
    for (let n = 0; n < 5000; n++) {
      const pairs = Array.from({ length: 4 }, () => [random() < 0.4 ? 'zone' : `x${text()}`, text()]);
      const query = new URLSearchParams(pairs as [string, string][]);
      expect(queryValue(query.toString(), 'zone') ?? null).toBe(query.get('zone'));
    }
  });
});
