import type { ByteText } from '../../analytics/index.ts';
import type { NoFillReason } from './no-fill.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const [beforeZone, beforeCreative, end] = ['","zone":', ',"noFill":null,"creative":', '"}'].map(bytesOf) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const start = bytesOf('{"id":"');

interface UrlStarts {
  readonly publicUrl: string;
  readonly impression: Uint8Array;
  readonly viewable: Uint8Array;
  readonly click: Uint8Array;
  readonly why: Uint8Array;
}

let known: UrlStarts | undefined;

/** A worker has one public address; in tests there are several. */
function urlStarts(publicUrl: string): UrlStarts {
  if (known?.publicUrl !== publicUrl) {
    known = {
      publicUrl,
      impression: bytesOf(`,"impressionUrl":"${publicUrl}/v1/e/i/`),
      viewable: bytesOf(`","viewableUrl":"${publicUrl}/v1/e/v/`),
      click: bytesOf(`","clickUrl":"${publicUrl}/v1/c/`),
      why: bytesOf(`","whyUrl":"${publicUrl}/v1/why/`),
    };
  }
  return known;
}

/** Puts a decision that shows something, up to its creative. The creative and `putAddresses` are to follow. */
export function putFilled(to: ByteText, idHigh: number, idLow: number, zone: number): void {
  to.put(start);
  to.hex64(idHigh, idLow);
  to.put(beforeZone);
  to.number(zone);
  to.put(beforeCreative);
}

/** Puts the addresses of the decision's events, and where asked for the one that says why the ad is shown. */
export function putAddresses(to: ByteText, publicUrl: string, token: Uint8Array, why: boolean): void {
  const starts = urlStarts(publicUrl);
  to.put(starts.impression);
  to.put(token);
  to.put(starts.viewable);
  to.put(token);
  to.put(starts.click);
  to.put(token);
  if (why) {
    to.put(starts.why);
    to.put(token);
  }
  to.put(end);
}

/** Puts a decision that shows nothing. @param id 16 hex digits, or empty where there was none */
export function putNoFill(
  to: ByteText,
  id: string,
  zone: number,
  reason: NoFillReason | 'unknown_zone',
): void {
  to.text(
    `{"id":"${id}","zone":${zone},"noFill":"${reason}","creative":null,"impressionUrl":null,"viewableUrl":null,"clickUrl":null}`,
  );
}
