import { longestClickWindowMs } from '../../analytics/index.ts';
import { hex64 } from './hex.ts';
import type { Decided } from './token.ts';

/** The decision that a click belongs to, as it stands in events. */
export interface ClickReference {
  /** 16 hex digits. */
  readonly id: string;
  readonly decisionMs: number;
}

/** In the landing page's address. */
const parameter = 'signpost_click';
const form = /^([0-9a-f]{16})-([0-9a-z]{8})$/;
const clockSkewMs = 60_000;
/** A click comes up to two hours after its decision. */
const slackMs = 3 * 3_600_000;

/**
 * A click's id is its decision's: 64 random bits, and the decision's time in base 36, by which the click is found
 * again. It is not signed: whether there was such a click is looked up among the clicks themselves, so it outlives the
 * signing keys, and an invented one finds nothing.
 */
export function clickIdOf({ idHigh, idLow, timeMs }: Pick<Decided, 'idHigh' | 'idLow' | 'timeMs'>): string {
  return `${hex64(idHigh, idLow)}-${timeMs.toString(36).padStart(8, '0')}`;
}

/** Undefined where the text has another form, or names a time that no conversion window reaches. */
export function readClickId(text: string, nowMs: number): ClickReference | undefined {
  const [, id, time] = form.exec(text) ?? [];
  if (id === undefined || time === undefined || id === '0000000000000000') return undefined;
  const decisionMs = Number.parseInt(time, 36);
  const inReach = decisionMs <= nowMs + clockSkewMs && nowMs - decisionMs <= longestClickWindowMs + slackMs;
  return inReach ? { id, decisionMs } : undefined;
}

/** A landing page's address with the click's id, before the fragment; what the address says already stays. */
export function withClickId(landing: string, clickId: string): string {
  const hash = landing.indexOf('#');
  const address = hash < 0 ? landing : landing.slice(0, hash);
  const fragment = hash < 0 ? '' : landing.slice(hash);
  const mark = address.indexOf('?');
  const joint = mark < 0 ? '?' : mark === address.length - 1 || address.endsWith('&') ? '' : '&';
  return `${address}${joint}${parameter}=${clickId}${fragment}`;
}
