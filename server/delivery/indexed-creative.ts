import type { SnapshotCreative, SnapshotLineItem } from '../inventory/snapshot.ts';
import type { CapRule } from './caps.ts';
import type { CreativeAnswer } from './creative-answer.ts';
import type { TextArena } from './text-arena.ts';

/**
 * A creative of a line item, with the parts of answers and log lines that are always the same for it. A class, so that
 * all have one shape: those of a snapshot's objects differ by what is set in them, and reading them takes longer.
 */
export class IndexedCreative {
  readonly creative: SnapshotCreative;
  readonly id: number;
  /** Of the line item. */
  readonly advertiserId: number;
  readonly campaignId: number;
  readonly lineItemId: number;
  readonly caps: readonly CapRule[];
  /** Where the texts are. */
  readonly texts: TextArena;
  /** The creative's part of an answer, where it is the same for every decision. */
  readonly answerAt: number;
  /** Makes it for a decision; undefined where `answerAt` has it. */
  readonly fill: CreativeAnswer['fill'];
  /** Whether a landing asks for the advertiser's handle. */
  readonly handle: boolean;
  /** Log fields from the advertiser down to the creative. */
  readonly fieldsAt: number;

  constructor(
    creative: SnapshotCreative,
    { id, campaignId, advertiserId }: SnapshotLineItem,
    caps: readonly CapRule[],
    texts: TextArena,
    answerAt: number,
    fill: CreativeAnswer['fill'],
    handle: boolean,
    fieldsAt: number,
  ) {
    this.creative = creative;
    this.id = creative.id;
    this.advertiserId = advertiserId;
    this.campaignId = campaignId;
    this.lineItemId = id;
    this.caps = caps;
    this.texts = texts;
    this.answerAt = answerAt;
    this.fill = fill;
    this.handle = handle;
    this.fieldsAt = fieldsAt;
  }
}
