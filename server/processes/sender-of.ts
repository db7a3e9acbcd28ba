import type { IncomingMessage } from 'node:http';
import { type Address, clientAddress, maskedNetwork, parseTrustedProxies } from '../../geo-db/index.ts';

/**
 * Tells clients apart by their address, behind proxies that are trusted. Of IPv6 it is the network of 64 bits, since
 * one customer has all of it. To be kept in memory alone.
 */
export function senderOf(trustedProxies: string): (request: IncomingMessage) => string {
  const addressOf = clientOf(trustedProxies);
  return (request) => {
    const address = addressOf(request);
    if (address === undefined) return '';
    return address.version === 6 ? `${address.a}:${address.b}` : String(address.d);
  };
}

/** The client's network, which may be stored; null where its address cannot be read. */
export function networkOf(trustedProxies: string): (request: IncomingMessage) => string | null {
  const addressOf = clientOf(trustedProxies);
  return (request) => {
    const address = addressOf(request);
    return address === undefined ? null : maskedNetwork(address);
  };
}

function clientOf(trustedProxies: string): (request: IncomingMessage) => Address | undefined {
  const proxies = parseTrustedProxies(trustedProxies);
  return ({ socket, headers }) =>
    clientAddress(socket.remoteAddress, headers['x-forwarded-for']?.toString(), proxies);
}
