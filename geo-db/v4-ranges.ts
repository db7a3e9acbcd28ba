import type { Address } from './address.ts';
import type { NodeRecord, SearchTree } from './search-tree.ts';

/** Addresses with the same first 16 bits are a block. */
const blocks = 65_536;

/**
 * What a tree of IPv4 addresses alone says, as sorted stretches of addresses: half as large as the tree (22 MB of 44 in DB-IP
 * City Lite), and a look-up is a search among some fifty neighbours, not eight steps from one end of the memory to the other.
 */
export class V4Ranges {
  /** By block, its first stretch; one more for the end. */
  readonly #firstOfBlock = new Uint32Array(blocks + 1);
  /** The last 16 bits of each stretch's first address. */
  #starts = new Uint16Array(0);
  #records = new Uint32Array(0);
  readonly #nothing: NodeRecord;

  private constructor(nothing: NodeRecord) {
    this.#nothing = nothing;
  }

  /**
   * @param nodeCount of the tree; the record that says nothing
   * @returns undefined where the tree has more stretches than nodes, as none has that is put together plainly
   */
  static of(tree: SearchTree, nodeCount: number): V4Ranges | undefined {
    const ranges = new V4Ranges(nodeCount);
    return ranges.#fill(tree, nodeCount + 1) ? ranges : undefined;
  }

  #fill(tree: SearchTree, most: number): boolean {
    // What is not written takes no memory; the arrays that are kept have the true size.
    const starts = new Uint16Array(most + blocks);
    const records = new Uint32Array(most + blocks);
    let count = 0;
    let nextBlock = 0;
    let last = -1;
    const begin = (start: number, record: NodeRecord) => {
      starts[count] = start;
      records[count] = record;
      count++;
      last = record;
    };
    const isWhole = tree.forEachV4((first, record) => {
      const block = first >>> 16;
      // A stretch that begins in an earlier block goes on up to here.
      while (nextBlock <= block) {
        this.#firstOfBlock[nextBlock] = count;
        begin(0, nextBlock < block ? last : (first & 0xffff) === 0 ? record : last);
        nextBlock++;
      }
      if (record !== last) begin(first & 0xffff, record);
    });
    while (nextBlock < blocks) {
      this.#firstOfBlock[nextBlock++] = count;
      begin(0, last);
    }
    this.#firstOfBlock[blocks] = count;
    this.#starts = starts.slice(0, count);
    this.#records = records.slice(0, count);
    return isWhole;
  }

  find({ version, d }: Address): NodeRecord {
    if (version === 6) return this.#nothing;
    const block = d >>> 16;
    const rest = d & 0xffff;
    const starts = this.#starts;
    let low = this.#firstOfBlock[block] as number;
    let high = (this.#firstOfBlock[block + 1] as number) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] as number) <= rest) low = middle;
      else high = middle - 1;
    }
    return this.#records[low] as number;
  }
}
