import { describe, expect, it } from 'vitest';
import { clientAddress, formatAddress, parseTrustedProxies } from '../../geo-db/index.ts';

const client = (peer: string | undefined, forwardedFor: string | undefined, trust: string) => {
  const address = clientAddress(peer, forwardedFor, parseTrustedProxies(trust));
  return address === undefined ? undefined : formatAddress(address);
};

describe("the client's address", () => {
  it.each([
    ['the peer where nobody is trusted', '198.51.100.1', '1.1.1.1', 'none', '198.51.100.1'],
    ['the peer where it is no trusted proxy', '198.51.100.1', '1.1.1.1', 'loopback', '198.51.100.1'],
    ['what a trusted proxy reports', '127.0.0.1', '1.1.1.1', 'loopback', '1.1.1.1'],
    ['what a trusted IPv4-mapped proxy reports', '::ffff:127.0.0.1', '1.1.1.1', 'loopback', '1.1.1.1'],
    [
      'the rightmost hop, not what the client wrote itself',
      '127.0.0.1',
      '9.9.9.9, 1.1.1.1',
      'loopback',
      '1.1.1.1',
    ],
    [
      'the hop behind several trusted proxies',
      '127.0.0.1',
      '1.1.1.1, 10.0.0.2, 10.0.0.1',
      'loopback,10.0.0.0/8',
      '1.1.1.1',
    ],
    [
      'the leftmost hop where all are trusted',
      '127.0.0.1',
      '10.0.0.2,10.0.0.1',
      'loopback 10.0.0.0/8',
      '10.0.0.2',
    ],
    ['the proxy where its report is no address', '127.0.0.1', '1.1.1.1, unknown', 'loopback', '127.0.0.1'],
    ['the proxy where the report is empty', '127.0.0.1', '', 'loopback', '127.0.0.1'],
    ['the hop without its port', '127.0.0.1', '1.1.1.1:4711', 'loopback', '1.1.1.1'],
    ['the IPv6 hop without its port', '::1', '[2606:4700::1]:4711', 'loopback', '2606:4700::1'],
    ['the hop between empty entries', '127.0.0.1', '8.8.8.8,,', 'loopback', '127.0.0.1'],
  ])('is %s', (_name, peer, forwardedFor, trust, expected) => {
    expect(client(peer, forwardedFor, trust)).toBe(expected);
  });

  it('is unknown where the connection is gone', () => {
    expect(client(undefined, '1.1.1.1', 'loopback')).toBeUndefined();
  });

  it('takes a huge list in its stride', () => {
    const list = `${'127.0.0.1,'.repeat(10_000)}127.0.0.1`;
    expect(client('127.0.0.1', list, 'loopback')).toBe('127.0.0.1');
  });

  it('names the entry of a trust list that is wrong', () => {
    expect(() => parseTrustedProxies('loopback, 10.0.0.0/99')).toThrow('"10.0.0.0/99" is not an address');
  });
});
