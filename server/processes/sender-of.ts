import type { IncomingMessage } from 'node:http';
import { clientAddress, parseTrustedProxies } from '../../geo-db/index.ts';

/**
 * Tells clients apart by their address, behind proxies that are trusted. Of IPv6 it is the network of 64 bits, since
 * one customer has all of it. To be kept in memory alone.
 */
export function senderOf(trustedProxies: string): (request: IncomingMessage) => string {
  const proxies = parseTrustedProxies(trustedProxies);
  return ({ socket, headers }) => {
    const forwarded = headers['x-forwarded-for']?.toString();
    const address = clientAddress(socket.remoteAddress, forwarded, proxies);
    if (address === undefined) return '';
    return address.version === 6 ? `${address.a}:${address.b}` : String(address.d);
  };
}
