import type { Address } from './address.ts';

/** The shape of a file's search tree, as its metadata has it. */
export interface TreeShape {
  readonly nodeCount: number;
  /** Of a node, in bytes; its two records are 24, 28 or 32 bits each. */
  readonly nodeByteSize: number;
  readonly recordSize: number;
  readonly ipVersion: number;
}

/** What a node's record says: below the node count it is another node, the node count itself is nothing, above it is data. */
export type NodeRecord = number;

/** The search tree of a `.mmdb` file as it is in the file. Format: https://maxmind.github.io/MaxMind-DB/ */
export class SearchTree {
  readonly #bytes: Uint8Array;
  readonly #nodeCount: number;
  readonly #nodeBytes: number;
  readonly #recordSize: number;
  readonly #isV6: boolean;
  readonly #v4Start: NodeRecord;
  /** Where the first 16 bits of an IPv4 address lead: half of the tree's steps are one look-up. */
  readonly #v4Nodes = new Uint32Array(65_536);

  constructor(bytes: Uint8Array, { nodeCount, nodeByteSize, recordSize, ipVersion }: TreeShape) {
    this.#bytes = bytes;
    this.#nodeCount = nodeCount;
    this.#nodeBytes = nodeByteSize;
    this.#recordSize = recordSize;
    this.#isV6 = ipVersion === 6;
    this.#v4Start = this.#isV6 ? this.#walk(0, 0, 32, this.#walk(0, 0, 32, this.#walk(0, 0, 32, 0))) : 0;
    this.#fillV4Nodes(this.#v4Start, 0, 0);
  }

  find(address: Address): NodeRecord {
    if (address.version === 4)
      return this.#walk(address.d, 16, 32, this.#v4Nodes[address.d >>> 16] as number);
    if (!this.#isV6) return this.#nodeCount;
    let node = this.#walk(address.a, 0, 32, 0);
    if (node < this.#nodeCount) node = this.#walk(address.b, 0, 32, node);
    if (node < this.#nodeCount) node = this.#walk(address.c, 0, 32, node);
    if (node < this.#nodeCount) node = this.#walk(address.d, 0, 32, node);
    return node;
  }

  /**
   * Gives what each stretch of IPv4 addresses leads to, in their order, with the first address of the stretch.
   * @returns false, early, where there are more stretches than a tree of so many nodes has: nodes are shared or damaged
   */
  forEachV4(give: (first: number, record: NodeRecord) => void): boolean {
    let given = 0;
    const most = this.#nodeCount + 1;
    const visit = (node: NodeRecord, first: number, bit: number): void => {
      if (given > most) return;
      if (bit < 0 || node >= this.#nodeCount) {
        if (++given <= most) give(first, node);
        return;
      }
      visit(this.#child(node, 0), first, bit - 1);
      visit(this.#child(node, 1), (first | (1 << bit)) >>> 0, bit - 1);
    };
    visit(this.#v4Start, 0, 31);
    return given <= most;
  }

  /** Whether any node leads to data. */
  hasData(): boolean {
    for (let node = 0; node < this.#nodeCount; node++) {
      if (this.#child(node, 0) > this.#nodeCount || this.#child(node, 1) > this.#nodeCount) return true;
    }
    return false;
  }

  /** @param prefix the first `bits` bits of an address, which lead to `node` */
  #fillV4Nodes(node: NodeRecord, prefix: number, bits: number): void {
    if (bits === 16 || node >= this.#nodeCount) {
      const first = prefix << (16 - bits);
      this.#v4Nodes.fill(node, first, first + (1 << (16 - bits)));
      return;
    }
    this.#fillV4Nodes(this.#child(node, 0), prefix << 1, bits + 1);
    this.#fillV4Nodes(this.#child(node, 1), (prefix << 1) | 1, bits + 1);
  }

  /** Follows bits [from, to) of `word`, the highest first, from `start` until it is a leaf. */
  #walk(word: number, from: number, to: number, start: NodeRecord): NodeRecord {
    const count = this.#nodeCount;
    let node = start;
    for (let bit = from; bit < to && node < count; bit++) node = this.#child(node, (word >>> (31 - bit)) & 1);
    return node;
  }

  /** @param right 0 or 1 */
  #child(node: number, right: number): NodeRecord {
    const bytes = this.#bytes;
    const at = node * this.#nodeBytes;
    if (this.#recordSize === 24) {
      const from = at + right * 3;
      return (
        ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number)
      );
    }
    const from = at + right * 4;
    const low =
      ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number);
    if (this.#recordSize === 28) {
      const middle = bytes[at + 3] as number;
      return ((right === 0 ? middle >>> 4 : middle & 15) << 24) | low;
    }
    return low * 256 + (bytes[from + 3] as number);
  }
}
