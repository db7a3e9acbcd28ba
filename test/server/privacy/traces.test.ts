import { describe, expect, it } from 'vitest';
import { Findings } from '../../../server/privacy/look-through.ts';
import { type TraceKind, tracesIn } from '../../../server/privacy/traces.ts';

const own = new Set(['10.9.8.7', 'reports@example.com']);
const kinds = (text: string): TraceKind[] => tracesIn(text, own).map(({ kind }) => kind);

describe('traces in a text', () => {
  it.each<[string, TraceKind[]]>([
    ['203.0.113.9', ['address']],
    ['from 203.0.113.9, and 198.51.100.7.', ['address', 'address']],
    ['203.0.113.0', ['address']],
    ['203.0.113.9/32', ['address']],
    ['203.0.113.128/25', ['address']],
    ['203.0.113.9/24', ['address']],
    ['203.0.113.0/24', ['network']],
    ['10.0.0.0/8', ['network']],
    ['[2001:db8:1:2::9]:443', ['address']],
    ['2001:db8:85a3::8a2e:370:7334', ['address']],
    ['2001:0DB8:0000:0000:0000:0000:0000:0009', ['address']],
    ['::ffff:203.0.113.9', ['address']],
    ['2001:db8:85a3::/48', ['network']],
    ['2001:db8:85a3:1::/64', ['address']],
    ['192.168.1.20', ['address']],
    ['https://shop.example/user/203.0.113.9/', ['address']],
    ['alice@example.org', ['mail']],
    ["mailto:Alice.O'Neil+x@mail.example.co.uk?subject=1", ['mail']],
    ['https://a.example/unsubscribe/alice%40example.org', ['mail']],
    ['王小明@例子.台灣', ['mail']],
    ['"a":"bob@163.com"', ['mail']],
  ])('%s', (text, expected) => expect(kinds(text)).toEqual(expected));

  it.each([
    ...['', '127.0.0.1', '::1', '::', '0.0.0.0', '255.255.255.255', '127.0.0.1:8080'],
    ...['1.2.3', '1.2.3.4.5', '256.1.1.1', '01.02.03.04', 'v1.2.3.4', '2026-11-24T12:34:56.789Z'],
    ...['aa:bb:cc:dd:ee:ff', '12:34:56', 'std::move', 'a::before', 'count(*)::int', 'x::y'],
    ...['logo@2x.png', '@name', 'pkg@1.2.3', 'a@1.0.jar', 'user@host', 'rollup-@{day}', 'connect 10.9.8.7'],
    ...['Reports <reports@example.com>', '0123456789abcdef', '0x1f:9'],
  ])('nothing: %s', (text) => expect(kinds(text)).toEqual([]));

  it('are shown so that nobody knows them', () => {
    const samples = tracesIn('203.0.113.9 2001:db8:1:2::9 alice@mail.example.org', own).map(
      ({ sample }) => sample,
    );
    expect(samples).toEqual(['2001:x:x', '203.x.x.x', 'a…@….org']);
  });
});

describe('what is permitted', () => {
  it.each<[string, string, number]>([
    ['users.email', 'alice@example.org', 0],
    ['users.name', 'alice@example.org', 1],
    ['users.email', '203.0.113.9', 1],
    ['events.network', '203.0.113.0/24', 0],
    ['events.network', '2001:db8:85a3::/48', 0],
    ['events.network', '203.0.113.9/24', 1],
    ['events.network', '203.0.113.9', 1],
    ['events.city', '203.0.113.0/24', 1],
    ['events.os_version', '10.0.0.1', 0],
    ['events.os_version', '10.0.0.1 203.0.113.9', 1],
    ['events.page', 'http://192.168.7.7:8090/demo/', 0],
    ['events.page', 'https://shop.example/192.168.7.7', 1],
    ['events.page', 'https://alice@example.org/', 1],
    ['events.page', 'https://shop.example/alice@example.org', 1],
    ['sessions.browser', 'Mozilla/5.0 (X11) Chrome/142.0.0.0 Safari/537.36', 0],
    ['sessions.browser', 'Mozilla/5.0 (203.0.113.9) Chrome/142.0.0.0', 1],
    ['job_runs.error', 'connect ECONNREFUSED 10.0.0.5:5432', 0],
    ['job_runs.error', 'no answer for 203.0.113.9', 1],
  ])('at %s: %s', (place, text, found) => {
    const findings = new Findings(own);
    findings.text(place, text);
    expect(findings.list()).toHaveLength(found);
  });

  it('inside JSON goes by the keys', () => {
    const findings = new Findings(own);
    findings.value('audit_log.after', {
      email: 'alice@example.org',
      note: 'bob@example.org',
      nested: [{ ip: '203.0.113.9' }, { ip: '203.0.113.10' }],
      '198.51.100.1': { x: 'eve@example.org' },
    });
    expect(findings.list()).toEqual([
      { place: 'audit_log.after.note', kind: 'mail', count: 1, sample: 'b…@….org' },
      { place: 'audit_log.after.nested.ip', kind: 'address', count: 2, sample: '203.x.x.x' },
      { place: 'audit_log.after', kind: 'address', count: 1, sample: '198.x.x.x' },
      { place: 'audit_log.after.*.x', kind: 'mail', count: 1, sample: 'e…@….org' },
    ]);
  });
});
