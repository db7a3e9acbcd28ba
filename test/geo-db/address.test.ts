import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressScope, formatAddress, maskedNetwork, parseAddress } from '../../geo-db/index.ts';
import { contains, parseNetwork } from '../../geo-db/network.ts';
import { seededRandom } from '../support/random.ts';

const canonical = (text: string) => {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
};

describe('reading an address', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
  ])('takes %s as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '1..3.4',
    '0x1.2.3.4',
    '-1.2.3.4',
    '1.2.3.4:80',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '::1.2.3',
    '::ffff:1.2.3.256',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1:',
    'unknown',
    '::1'.padEnd(80, '0'),
  ])('refuses "%s"', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('reads back every address that it wrote', () => {
    const random = seededRandom(1);
    for (let i = 0; i < 5000; i++) {
      const groups = Array.from({ length: 8 }, () =>
        (random() < 0.4 ? 0 : Math.floor(random() * 65536)).toString(16),
      );
      const address = parseAddress(groups.join(':'));
      expect(address).toBeDefined();
      if (address === undefined) continue;
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }
  });
});

describe('masking', () => {
  it('keeps 24 bits of IPv4 and 48 bits of IPv6', () => {
    const masked = (text: string) => maskedNetwork(parseAddress(text)!);
    expect(masked('203.0.113.77')).toBe('203.0.113.0/24');
    expect(masked('2001:db8:1:ffff::9')).toBe('2001:db8:1::/48');
    expect(masked('::ffff:203.0.113.77')).toBe('203.0.113.0/24');
  });
});

describe('what an address is for', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.1.1', 'link_local'],
    ['fe80::1', 'link_local'],
    ['fd00::1', 'private'],
    ['192.0.2.1', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['2a00:1450::1', 'public'],
    ['::ffff:10.0.0.1', 'private'],
  ])('says that %s is %s', (text, scope) => {
    expect(addressScope(parseAddress(text)!)).toBe(scope);
  });
});

describe('networks', () => {
  it('contain what Node says they contain', () => {
    const random = seededRandom(2);
    for (let i = 0; i < 2000; i++) {
      const v4 = random() < 0.5;
      const part = () => Math.floor(random() * (v4 ? 256 : 65536));
      const text = () =>
        v4
          ? Array.from({ length: 4 }, part).join('.')
          : Array.from({ length: 8 }, () => part().toString(16)).join(':');
      const base = text();
      const bits = Math.floor(random() * (v4 ? 33 : 129));
      const list = new BlockList();
      list.addSubnet(base, bits, v4 ? 'ipv4' : 'ipv6');
      const network = parseNetwork(`${base}/${bits}`)!;
      for (const probe of [base, text()]) {
        expect(contains(network, parseAddress(probe)!)).toBe(list.check(probe, v4 ? 'ipv4' : 'ipv6'));
      }
    }
  });

  it.each(['1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '::/129', 'x/8', '1.2.3.4/8/8'])(
    'are refused as "%s"',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});
