/**
 * Writes small MaxMind DB files for tests, in any of the three record sizes.
 * Format: https://maxmind.github.io/MaxMind-DB/
 */
import { parseNetwork } from '../../geo-db/network.ts';

export type MmdbValue =
  | string
  | number
  | boolean
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue };

export interface MmdbContent {
  readonly type: string;
  readonly recordSize: 24 | 28 | 32;
  /** 4: IPv4 networks only; 6: both. */
  readonly ipVersion: 4 | 6;
  readonly buildEpochS?: number;
  /** Record by network, like `81.2.69.0/24`; networks do not overlap. */
  readonly networks: Readonly<Record<string, MmdbValue>>;
}

interface Node {
  /** A node, a record's offset in the data section, or nothing. */
  children: [Node | number | undefined, Node | number | undefined];
}

export function mmdb(content: MmdbContent): Buffer {
  const root: Node = { children: [undefined, undefined] };
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [text, record] of Object.entries(content.networks)) {
    const encoded = encode(record);
    insert(root, bitsOf(text, content.ipVersion), dataBytes);
    data.push(encoded);
    dataBytes += encoded.length;
  }
  const nodes: Node[] = [root];
  const numbers = new Map<Node, number>([[root, 0]]);
  for (const node of nodes) {
    for (const child of node.children) {
      if (typeof child !== 'object') continue;
      numbers.set(child, nodes.length);
      nodes.push(child);
    }
  }
  const recordOf = (child: Node | number | undefined) => {
    if (child === undefined) return nodes.length;
    return typeof child === 'number' ? nodes.length + 16 + child : (numbers.get(child) as number);
  };
  const tree = nodes.map(({ children: [left, right] }) =>
    nodeBytes(recordOf(left), recordOf(right), content.recordSize),
  );
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: content.buildEpochS ?? 1_780_000_000,
    database_type: content.type,
    description: { en: 'made for a test' },
    ip_version: content.ipVersion,
    languages: ['en'],
    node_count: nodes.length,
    record_size: content.recordSize,
  });
  return Buffer.concat([
    ...tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'),
    metadata,
  ]);
}

function bitsOf(text: string, ipVersion: 4 | 6): number[] {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`not a network: ${text}`);
  const { base, bits } = network;
  const words = base.version === 4 && ipVersion === 4 ? [base.d] : [base.a, base.b, base.c, base.d];
  const all = words.flatMap((word) => Array.from({ length: 32 }, (_, bit) => (word >>> (31 - bit)) & 1));
  return all.slice(0, base.version === 4 && ipVersion === 6 ? 96 + bits : bits);
}

function insert(root: Node, bits: readonly number[], record: number): void {
  let node = root;
  bits.forEach((bit, at) => {
    if (at === bits.length - 1) {
      node.children[bit as 0 | 1] = record;
      return;
    }
    const next = node.children[bit as 0 | 1];
    if (typeof next === 'number') throw new Error('networks overlap');
    const child: Node = next ?? { children: [undefined, undefined] };
    node.children[bit as 0 | 1] = child;
    node = child;
  });
}

function nodeBytes(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const bytes = Buffer.alloc((recordSize * 2) / 8);
  if (recordSize === 32) {
    bytes.writeUInt32BE(left, 0);
    bytes.writeUInt32BE(right, 4);
  } else {
    bytes.writeUIntBE(left & 0xffffff, 0, 3);
    bytes.writeUIntBE(right & 0xffffff, bytes.length - 3, 3);
    if (recordSize === 28) bytes[3] = ((left >>> 24) << 4) | (right >>> 24);
  }
  return bytes;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'boolean') return control(14, value ? 1 : 0);
  if (typeof value === 'number') return encodeNumber(value);
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value as Record<string, MmdbValue>);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, item]) => [encode(key), encode(item)]),
  ]);
}

function encodeNumber(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([control(3, 8), bytes]);
}

function control(type: number, size: number): Buffer {
  const long = size >= 29;
  if (long && size - 29 > 255) throw new Error('longer than a test needs');
  const first = (type <= 7 ? type << 5 : 0) | (long ? 29 : size);
  return Buffer.from([first, ...(type <= 7 ? [] : [type - 7]), ...(long ? [size - 29] : [])]);
}
