import { describe, expect, it } from 'vitest';
import {
  ByteText,
  demandFields,
  eventLine,
  numberField,
  putDecisionFields,
  putLineEnd,
  putLineStart,
  putPageField,
  putPriceField,
  textField,
  zoneFields,
} from '../../analytics/index.ts';
import { type Address, maskedAddress, maskedNetwork, parseAddress } from '../../geo-db/index.ts';

describe('a log line put together as bytes', () => {
  const addresses = ['192.0.2.99', '8.10.100.1', '255.0.9.0', '2001:db8:1:2::3', '::1', '2001:db8:ffff::'];
  const decided = { site: 1, zone: 0, advertiser: 3, campaign: 40, lineItem: 4294967295 };

  it.each(addresses)('is the one made of strings: %s', (text) => {
    const address = parseAddress(text) as Address;
    for (const [timeMs, originMs] of [
      [1_790_000_000_000, 1_790_000_000_000],
      [1_790_000_000_001, 1_789_999_000_000],
    ] as const) {
      for (const [page, visitorKind] of [
        ['', 'daily'],
        ['https://news.example.com/', 'cookie'],
        ['https://a.example/"b"/é', 'daily'],
      ] as const) {
        const line = new ByteText(16);
        const sender = {
          visitorHigh: 0xfedcba98,
          visitorLow: 1,
          visitorKind,
          masked: maskedAddress(address),
        };
        putLineStart(line, 'impression', 0xabc, 0x80000000, timeMs, originMs, sender);
        putDecisionFields(line, decided, 7);
        putPriceField(line, 1_500_000);
        putPageField(line, page);
        putLineEnd(line);
        expect(line.toString()).toBe(
          eventLine(
            'impression',
            '00000abc80000000',
            timeMs,
            originMs,
            'fedcba9800000001',
            maskedNetwork(address),
            zoneFields(decided.site, decided.zone) +
              demandFields(decided.advertiser, decided.campaign, decided.lineItem, 7) +
              numberField('price_nanos', 1_500_000) +
              textField('page', page),
            visitorKind,
          ),
        );
      }
    }
  });
});
