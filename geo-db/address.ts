/**
 * An IP address as numbers, so that comparing, masking and walking need no parsing. An IPv4-mapped IPv6 address
 * (`::ffff:192.0.2.1`) is the IPv4 address that it maps.
 */
export class Address {
  readonly version: 4 | 6;
  /** The four 32-bit words of an IPv6 address from the left, unsigned; an IPv4 address has only `d`. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(version: 4 | 6, a: number, b: number, c: number, d: number) {
    this.version = version;
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
}

const zero = 48;
const nine = 57;
const dot = 46;
const colon = 58;

/**
 * Reads an address in any textual form of RFC 4291, with or without brackets and zone id. IPv4 is strict dotted
 * decimal: `010.0.0.1`, `1.2.3` and `0x1.2.3.4` are not addresses. A port is not part of an address.
 * @returns undefined where the text is no address.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 64) return undefined;
  if (text.indexOf(':') < 0) {
    const v4 = parseV4(text, 0, text.length);
    return v4 < 0 ? undefined : new Address(4, 0, 0, 0, v4);
  }
  return parseV6(text);
}

/** The 32 bits of dotted decimal in `text[from, to)`, or -1. */
function parseV4(text: string, from: number, to: number): number {
  let value = 0;
  let parts = 0;
  let part = 0;
  let digits = 0;
  for (let i = from; i <= to; i++) {
    const char = i < to ? text.charCodeAt(i) : dot;
    if (char >= zero && char <= nine) {
      if (digits === 1 && part === 0) return -1;
      part = part * 10 + (char - zero);
      digits++;
      if (part > 255) return -1;
    } else if (char === dot) {
      if (digits === 0 || parts === 4) return -1;
      value = value * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    } else {
      return -1;
    }
  }
  return parts === 4 ? value : -1;
}

function parseV6(input: string): Address | undefined {
  let text = input;
  if (text.charCodeAt(0) === 91 && text.endsWith(']')) text = text.slice(1, -1);
  const zone = text.indexOf('%');
  if (zone >= 0) text = text.slice(0, zone);

  const groups: number[] = [];
  let gapAt = -1;
  let i = 0;
  if (text.startsWith('::')) {
    gapAt = 0;
    i = 2;
  }
  while (i < text.length) {
    let end = text.indexOf(':', i);
    if (end < 0) end = text.length;
    if (end === text.length && text.indexOf('.', i) >= 0) {
      const v4 = parseV4(text, i, end);
      if (v4 < 0) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
      break;
    }
    const group = parseGroup(text, i, end);
    if (group < 0) return undefined;
    groups.push(group);
    i = end;
    if (i === text.length) break;
    i++;
    if (text.charCodeAt(i) === colon) {
      if (gapAt >= 0) return undefined;
      gapAt = groups.length;
      i++;
    } else if (i === text.length) {
      return undefined;
    }
  }
  return fromGroups(groups, gapAt);
}

function parseGroup(text: string, from: number, to: number): number {
  if (to === from || to - from > 4) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const char = text.charCodeAt(i);
    const lower = char | 32;
    if (char >= zero && char <= nine) value = value * 16 + (char - zero);
    else if (lower >= 97 && lower <= 102) value = value * 16 + (lower - 87);
    else return -1;
  }
  return value;
}

function fromGroups(groups: readonly number[], gapAt: number): Address | undefined {
  if (gapAt < 0 ? groups.length !== 8 : groups.length > 7) return undefined;
  const full =
    gapAt < 0
      ? groups
      : [...groups.slice(0, gapAt), ...Array<number>(8 - groups.length).fill(0), ...groups.slice(gapAt)];
  const word = (at: number) => ((full[at] ?? 0) * 0x10000 + (full[at + 1] ?? 0)) >>> 0;
  const [a, b, c, d] = [word(0), word(2), word(4), word(6)];
  if (a === 0 && b === 0 && c === 0xffff) return new Address(4, 0, 0, 0, d);
  return new Address(6, a, b, c, d);
}

/** The address as text: dotted decimal, or IPv6 in the canonical form of RFC 5952. */
export function formatAddress(address: Address): string {
  if (address.version === 4) return formatV4(address.d);
  const groups: number[] = [];
  for (const word of [address.a, address.b, address.c, address.d]) groups.push(word >>> 16, word & 0xffff);
  let [gapAt, gapLength] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === 0) length++;
    if (length > gapLength) [gapAt, gapLength] = [i, length];
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return gapAt < 0 ? hex(0, 8) : `${hex(0, gapAt)}::${hex(gapAt + gapLength, 8)}`;
}

function formatV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The first address of the network that stands for the address where the address itself must not: /24 of IPv4, /48 of IPv6. */
export function maskedAddress(address: Address): Address {
  const { version, a, b, d } = address;
  return version === 4
    ? new Address(4, 0, 0, 0, (d & 0xffffff00) >>> 0)
    : new Address(6, a, (b & 0xffff0000) >>> 0, 0, 0);
}

/** That network as text, like `192.0.2.0/24`. */
export function maskedNetwork(address: Address): string {
  return `${formatAddress(maskedAddress(address))}/${address.version === 4 ? 24 : 48}`;
}

/**
 * Writes `maskedNetwork` of the address into `bytes`, as ASCII from `at` on; it has no more than 43 characters.
 * @returns where it ends
 */
export function writeMaskedNetwork(address: Address, bytes: Uint8Array, at: number): number {
  if (address.version === 6) return writeAscii(maskedNetwork(address), bytes, at);
  const { d } = address;
  let end = writeOctet(d >>> 24, bytes, at);
  bytes[end++] = dot;
  end = writeOctet((d >>> 16) & 255, bytes, end);
  bytes[end++] = dot;
  end = writeOctet((d >>> 8) & 255, bytes, end);
  return writeAscii('.0/24', bytes, end);
}

function writeOctet(octet: number, bytes: Uint8Array, at: number): number {
  let end = at;
  if (octet >= 100) bytes[end++] = zero + ((octet / 100) | 0);
  if (octet >= 10) bytes[end++] = zero + (((octet / 10) | 0) % 10);
  bytes[end++] = zero + (octet % 10);
  return end;
}

function writeAscii(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
