import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'maxmind';
import { defaultGeoDbFiles } from '../../geo-db/index.ts';

/** A public IPv4 address with what the database's raw record says of it; read without the product's code. */
export interface LocatedAddress {
  readonly address: string;
  readonly country: string;
  readonly stateName: string;
}

/** Different located addresses, spread at random over the whole of IPv4. */
export function locatedAddresses(count: number, random: () => number): readonly LocatedAddress[] {
  const reader = new Reader<Response>(readFileSync(defaultGeoDbFiles()[0] as string));
  const found = new Map<string, LocatedAddress>();
  while (found.size < count) {
    const octet = () => Math.floor(random() * 256);
    const first = 1 + Math.floor(random() * 222);
    if (first === 10 || first === 127 || first === 100 || first === 169 || first === 172 || first === 192)
      continue;
    if (first === 198 || first === 203) continue;
    const address = `${first}.${octet()}.${octet()}.${octet()}`;
    const record = reader.get(address) as { country_code?: string; state1?: string } | null;
    if (record === null || record.country_code === undefined || !/^[A-Z]{2}$/.test(record.country_code))
      continue;
    if (record.country_code === 'ZZ') continue;
    found.set(address, { address, country: record.country_code, stateName: record.state1 ?? '' });
  }
  return [...found.values()];
}
