import { createHash, timingSafeEqual } from 'node:crypto';
import type { InventorySnapshot, SnapshotConversionAction } from '../inventory/snapshot.ts';

/** The conversion actions of a snapshot, as delivery asks for them. */
export class ConversionActions {
  readonly #byId: ReadonlyMap<number, SnapshotConversionAction>;
  readonly #clickIds: ReadonlySet<number>;

  constructor(snapshot: Pick<InventorySnapshot, 'conversionActions'> | undefined) {
    const actions = snapshot?.conversionActions ?? [];
    this.#byId = new Map(actions.map((action) => [action.id, action]));
    this.#clickIds = new Set(
      actions.filter(({ clickId }) => clickId).map(({ advertiserId }) => advertiserId),
    );
  }

  get(id: number): SnapshotConversionAction | undefined {
    return this.#byId.get(id);
  }

  /** Whether an advertiser's landing pages are told which click led to them. */
  wantClickId(advertiser: number): boolean {
    return this.#clickIds.has(advertiser);
  }
}

/** Whether an `Authorization` header carries the action's secret. */
export function hasSecret(action: SnapshotConversionAction, authorization: string | undefined): boolean {
  const secret = /^Bearer ([\w-]{8,100})$/i.exec(authorization ?? '')?.[1];
  if (secret === undefined) return false;
  const expected = Buffer.from(action.secretHash, 'hex');
  const given = createHash('sha256').update(secret).digest();
  return expected.length === given.length && timingSafeEqual(expected, given);
}
