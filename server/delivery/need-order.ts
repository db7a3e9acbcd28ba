import type { Allowance } from './eligible.ts';

/** How far a line item is behind its plan, in seconds of its pace: -1 where it may hand out nothing. */
function needOf(allowance: Allowance | undefined, slot: number): number {
  if (allowance === undefined) return 0;
  const left = allowance.left[slot] as number;
  return left >= 1 ? left / (allowance.pace[slot] as number) : -1;
}

/** Deep enough for a heap of 2^31. */
const stack = new Int32Array(64);

/**
 * Gives the candidates of a rank by their need, without looking at all of them: a binary heap that is put in order when
 * leases come, and between two times settles for needs that can only fall. A kept need is then never below the true
 * one, so that whoever is not worth a look by the kept one is not by the true one either.
 */
export class NeedOrder {
  /** By candidate. */
  readonly #slots: Int32Array;
  /** The heap: candidates, and by place in it the need that was last seen. */
  readonly #heap: Int32Array;
  readonly #needs: Float64Array;
  #allowance: Allowance | undefined;
  #raised = -1;
  #depth = 0;
  /** Of the candidate that `next` gave last. */
  need = 0;

  /** @param slots of the candidates, in their order */
  constructor(slots: Int32Array) {
    this.#slots = slots;
    this.#heap = Int32Array.from(slots, (_, at) => at);
    this.#needs = new Float64Array(slots.length);
  }

  /** To be called before a search with `next`. */
  begin(allowance: Allowance | undefined): void {
    const raised = allowance?.raised ?? 0;
    if (allowance !== this.#allowance || raised !== this.#raised) {
      this.#allowance = allowance;
      this.#raised = raised;
      this.#build();
    }
    this.#settleRoot();
    stack[0] = 0;
    this.#depth = this.#heap.length === 0 ? 0 : 1;
  }

  /** The next candidate whose need is not below `bar`, roughly from the highest on; -1 where there is none any more. */
  next(bar: number): number {
    const { length } = this.#heap;
    while (this.#depth > 0) {
      const place = stack[--this.#depth] as number;
      if ((this.#needs[place] as number) < bar) continue;
      this.#push(2 * place + 1, length, bar);
      const at = this.#heap[place] as number;
      const need = needOf(this.#allowance, this.#slots[at] as number);
      if (need < bar) continue;
      this.need = need;
      return at;
    }
    return -1;
  }

  /** The two places from `left` on, the one with the higher need on top. */
  #push(left: number, length: number, bar: number): void {
    if (left >= length) return;
    const needs = this.#needs;
    const right = left + 1;
    const rightNeed = right < length ? (needs[right] as number) : -1;
    const leftNeed = needs[left] as number;
    const first = leftNeed >= rightNeed ? left : right;
    const second = first === left ? right : left;
    if (Math.min(leftNeed, rightNeed) >= bar && second < length) stack[this.#depth++] = second;
    if (Math.max(leftNeed, rightNeed) >= bar) stack[this.#depth++] = first;
  }

  #build(): void {
    const needs = this.#needs;
    for (let place = 0; place < needs.length; place++) {
      needs[place] = needOf(this.#allowance, this.#slots[this.#heap[place] as number] as number);
    }
    for (let place = (needs.length >> 1) - 1; place >= 0; place--) this.#sink(place);
  }

  #settleRoot(): void {
    if (this.#heap.length === 0) return;
    for (;;) {
      const need = needOf(this.#allowance, this.#slots[this.#heap[0] as number] as number);
      if (need === this.#needs[0]) return;
      this.#needs[0] = need;
      this.#sink(0);
    }
  }

  /** Puts the candidate of a place below those that need more. */
  #sink(from: number): void {
    const needs = this.#needs;
    const heap = this.#heap;
    const { length } = heap;
    const candidate = heap[from] as number;
    const need = needs[from] as number;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      if (child + 1 < length && (needs[child + 1] as number) > (needs[child] as number)) child++;
      if ((needs[child] as number) <= need) break;
      needs[place] = needs[child] as number;
      heap[place] = heap[child] as number;
      place = child;
    }
    needs[place] = need;
    heap[place] = candidate;
  }
}
