import { describe, expect, it } from 'vitest';
import { ByteText } from '../../analytics/index.ts';

describe('text put together as bytes', () => {
  it('grows as it must, whatever is put', () => {
    const text = new ByteText(1);
    text.put(Buffer.from('part '));
    text.hex64(0xdeadbeef, 0x12);
    text.text(' grüße 台北 ');
    text.number(0);
    text.json('"x"');
    expect(text.toString()).toBe('part deadbeef00000012 grüße 台北 0"\\"x\\""');
    expect(text.copy().equals(text.bytes)).toBe(true);
  });

  it('writes numbers as JavaScript does', () => {
    const ends = Array.from({ length: 16 }, (_, digits) => 10 ** digits);
    for (const number of [0, 7, ...ends, ...ends.map((end) => end - 1), 4294967295, 2 ** 53 - 1]) {
      const text = new ByteText(8);
      text.number(number);
      expect(text.toString()).toBe(String(number));
    }
  });

  it('writes text as JSON does', () => {
    for (const value of [
      '',
      'plain',
      'a "quoted" \\ one',
      'line\nend\u0000',
      '台北 \ud800',
      '\u007f\u2028',
    ]) {
      const text = new ByteText(8);
      text.json(value);
      expect(text.toString()).toBe(JSON.stringify(value));
    }
  });

  it('forgets what lies behind a length that is lowered', () => {
    const text = new ByteText(8);
    text.text('kept dropped');
    text.length = 4;
    text.text('!');
    expect(text.toString()).toBe('kept!');
  });
});
