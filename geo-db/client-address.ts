import { type Address, parseAddress } from './address.ts';
import { contains, type Network, parseNetwork } from './network.ts';

const named: Readonly<Record<string, string>> = {
  loopback: '127.0.0.0/8 ::1',
  linklocal: '169.254.0.0/16 fe80::/10',
  uniquelocal: '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7',
};

/** The proxies whose word on the client's address is believed. */
export interface TrustedProxies {
  readonly networks: readonly Network[];
}

/**
 * Reads a list like `loopback, 10.1.0.0/16, 2001:db8::1`; `none` or nothing trusts nobody.
 * @throws Error that quotes the entry which is neither an address, a range, nor one of the names.
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  const entries = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '' && entry !== 'none')
    .flatMap((entry) => (named[entry] ?? entry).split(' '));
  const networks = entries.map((entry) => {
    const network = parseNetwork(entry);
    if (network === undefined) {
      throw new Error(
        `"${entry}" is not an address, a CIDR range or one of ${Object.keys(named).join(', ')}, none`,
      );
    }
    return network;
  });
  return { networks };
}

function isTrusted(proxies: TrustedProxies, address: Address): boolean {
  for (const network of proxies.networks) if (contains(network, address)) return true;
  return false;
}

/**
 * The client's address. `X-Forwarded-For` is read from the right, one hop for each trusted proxy: the first address
 * that is not itself a trusted proxy is the client. What stands left of it was written by the client and is not
 * looked at. A hop that is no address ends the walk at the proxy that reported it.
 * @param peer the connection's other end, as `socket.remoteAddress` has it.
 * @param forwardedFor the header's value, several joined by commas.
 * @returns undefined where the peer itself is unknown (a closed socket).
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): Address | undefined {
  if (peer === undefined) return undefined;
  let client = parseAddress(peer);
  if (client === undefined || forwardedFor === undefined) return client;
  let end = forwardedFor.length;
  while (end > 0 && isTrusted(proxies, client)) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const hop = parseAddress(withoutPort(forwardedFor.slice(comma + 1, end).trim()));
    if (hop === undefined) return client;
    client = hop;
    end = comma;
  }
  return client;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracket = hop.indexOf(']');
  if (bracket >= 0) return hop.slice(0, bracket + 1);
  const colon = hop.indexOf(':');
  return colon >= 0 && hop.indexOf(':', colon + 1) < 0 ? hop.slice(0, colon) : hop;
}
