import { expect, it } from 'vitest';
import { readHeaders } from '../../../server/delivery/request-headers.ts';

const none = {
  userAgent: undefined,
  acceptLanguage: undefined,
  referer: undefined,
  forwardedFor: undefined,
};

it.each([
  ['no headers', [], none],
  ['others alone', ['Host', 'x', 'Cookies', 'user-agent=1', 'X-Referer', 'y'], none],
  [
    'cookies of several headers',
    ['Cookie', 'a=1', 'cookie', 'b=2; c=3'],
    { ...none, cookie: 'a=1; b=2; c=3' },
  ],
  [
    'all, as browsers write them',
    ['User-Agent', 'UA', 'Accept-Language', 'de', 'Referer', 'https://a/', 'X-Forwarded-For', '192.0.2.1'],
    { userAgent: 'UA', acceptLanguage: 'de', referer: 'https://a/', forwardedFor: '192.0.2.1' },
  ],
  [
    'all, in any case',
    ['user-agent', 'UA', 'ACCEPT-LANGUAGE', 'de', 'rEfErEr', 'https://a/', 'x-forwarded-FOR', '192.0.2.1'],
    { userAgent: 'UA', acceptLanguage: 'de', referer: 'https://a/', forwardedFor: '192.0.2.1' },
  ],
  [
    'several forwarded lists, joined in their order',
    ['X-Forwarded-For', '1.1.1.1', 'Host', 'x', 'X-Forwarded-For', '2.2.2.2, 3.3.3.3', 'x-forwarded-for', ''],
    { ...none, forwardedFor: '1.1.1.1,2.2.2.2, 3.3.3.3,' },
  ],
  ['a forwarded list that is empty', ['X-Forwarded-For', ''], { ...none, forwardedFor: '' }],
  [
    'names of the same length that are others',
    ['Upgraded', '1', 'Keeping', '2', 'User_Agent', '3', 'Accept_Language', '4', 'X-Forwarded_For', '5'],
    none,
  ],
  ['names as values', ['A', 'Referer', 'B', 'User-Agent', 'C', 'D'], none],
  ['a name without a value', ['Host', 'x', 'Referer'], none],
])('reads %s', (_, raw, expected) => {
  expect(readHeaders(raw)).toEqual(expected);
});
