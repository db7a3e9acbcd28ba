import { type Address, parseAddress } from './address.ts';

/** A block of addresses: all that share the first `bits` bits with `base`. */
export interface Network {
  readonly base: Address;
  readonly bits: number;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined where it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const base = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (base === undefined) return undefined;
  const widest = base.version === 4 ? 32 : 128;
  if (slash < 0) return { base, bits: widest };
  const length = text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits >= 0 && bits <= widest ? { base, bits } : undefined;
}

/**
 * Reads a comma-separated list of networks and addresses; `none` has no networks.
 * @throws Error that quotes the entry which is neither.
 */
export function parseNetworks(text: string): readonly Network[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '' && entry !== 'none');
  return entries.map((entry) => {
    const network = parseNetwork(entry);
    if (network === undefined) throw new Error(`"${entry}" is not an address or a CIDR range`);
    return network;
  });
}

export function contains(network: Network, address: Address): boolean {
  const { base, bits } = network;
  if (base.version !== address.version) return false;
  if (base.version === 4) return samePrefix(base.d, address.d, bits);
  return (
    samePrefix(base.a, address.a, bits) &&
    samePrefix(base.b, address.b, bits - 32) &&
    samePrefix(base.c, address.c, bits - 64) &&
    samePrefix(base.d, address.d, bits - 96)
  );
}

function samePrefix(left: number, right: number, bits: number): boolean {
  if (bits <= 0) return true;
  if (bits >= 32) return left === right;
  return (left ^ right) >>> (32 - bits) === 0;
}

/** What an address is for, by the IANA special-purpose registries (RFC 6890 and its updates). */
export type AddressScope = 'public' | 'private' | 'loopback' | 'link_local' | 'reserved';

const special: readonly (readonly [scope: Exclude<AddressScope, 'public'>, network: Network])[] = (
  [
    ['private', '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7'],
    ['loopback', '127.0.0.0/8 ::1'],
    ['link_local', '169.254.0.0/16 fe80::/10'],
    [
      'reserved',
      '0.0.0.0/8 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 ' +
        '::/128 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fec0::/10 ff00::/8',
    ],
  ] as const
).flatMap(([scope, networks]) =>
  networks.split(' ').map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`not a network: ${text}`);
    return [scope, network] as const;
  }),
);

/** First octets of IPv4 that hold a special block: most addresses are told public by this alone. */
const specialFirstOctets = new Uint8Array(256);
for (const [, { base, bits }] of special) {
  if (base.version === 4)
    specialFirstOctets.fill(1, base.d >>> 24, (base.d >>> 24) + (bits < 8 ? 1 << (8 - bits) : 1));
}

export function addressScope(address: Address): AddressScope {
  if (address.version === 4 && specialFirstOctets[address.d >>> 24] === 0) return 'public';
  for (const [scope, network] of special) if (contains(network, address)) return scope;
  return 'public';
}
