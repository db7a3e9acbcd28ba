import { addressScope, contains, maskedNetwork, parseAddress, parseNetwork } from '../../geo-db/index.ts';

/**
 * What a text can give away of somebody.
 * - `address`: a whole IP address
 * - `network`: an address masked to /24 (IPv4), /48 (IPv6) or wider
 * - `mail`: an e-mail address
 */
export type TraceKind = 'address' | 'network' | 'mail';

export interface Trace {
  readonly kind: TraceKind;
  /** Enough of it to find it, and not enough to know it, like `203.x.x.x`. */
  readonly sample: string;
}

/** What is the installation's own, such as its database's address: about nobody. All in lower case. */
export type OwnNames = ReadonlySet<string>;

/**
 * What a text that holds anything of the kind matches, for the engines to look with: in the dialects of PostgreSQL,
 * RE2 and JavaScript alike. It matches more than `tracesIn` finds.
 */
export const coarsePattern =
  '[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]|@|%40|[0-9A-Fa-f]::|::[0-9A-Fa-f]|(:[0-9A-Fa-f]{1,4}){3}';
const coarse = new RegExp(coarsePattern);

const v6 = /(?<![\w:.%-])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?(\/\d{1,3})?(?![\w:])/gi;
/** `v1.2.3.4` is a version. */
const v4 = /(?<![\d.vV])(?:\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?(?!\d|\.\d)/g;
const mail =
  /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+)[\p{L}]{2,24}(?![\p{L}\p{N}-])/giu;

/** Every trace in a text; of the installation's own names there is none. */
export function tracesIn(text: string, own: OwnNames): Trace[] {
  if (!coarse.test(text)) return [];
  const traces: Trace[] = [];
  const withoutV6 = text.replace(v6, (found: string, bits: string | undefined) => {
    const trace = ofAddress(found, bits, own);
    if (trace === undefined) return found;
    traces.push(trace);
    return ' ';
  });
  for (const [found, bits] of withoutV6.matchAll(v4)) {
    const trace = ofAddress(found, bits, own);
    if (trace !== undefined) traces.push(trace);
  }
  for (const [found, labels = ''] of text.matchAll(mail)) {
    if (!own.has(found.toLowerCase()) && isMailDomain(labels))
      traces.push({ kind: 'mail', sample: hidden(found) });
  }
  return traces;
}

/** Undefined where it is no address, or one that is about nobody: of loopback, or none at all. */
function ofAddress(found: string, bits: string | undefined, own: OwnNames): Trace | undefined {
  const text = found.slice(0, found.length - (bits?.length ?? 0));
  const address = parseAddress(text);
  if (address === undefined || own.has(text.toLowerCase())) return undefined;
  if (address.version === 6 && text.replace(/[^0-9a-f]/gi, '').length < 4) return undefined;
  const isNobody =
    addressScope(address) === 'loopback' ||
    (address.version === 4 && (address.d >>> 24 === 0 || address.d === 0xffffffff));
  if (isNobody) return undefined;
  const sample =
    address.version === 4 ? `${address.d >>> 24}.x.x.x` : `${(address.a >>> 16).toString(16)}:x:x`;
  return { kind: bits !== undefined && isMasked(found) ? 'network' : 'address', sample };
}

/** Whether an address with bits behind it tells no more than masked ones may. */
function isMasked(text: string): boolean {
  const network = parseNetwork(text);
  const widest = network === undefined ? undefined : parseNetwork(maskedNetwork(network.base));
  if (network === undefined || widest === undefined || network.bits > widest.bits) return false;
  const { a, b, c, d } = network.base;
  const base = widest.base;
  return contains(widest, network.base) && a === base.a && b === base.b && c === base.c && d === base.d;
}

/** `logo@2x.png` and `a@1.0.jar` have digits alone where a domain has its name. */
function isMailDomain(labels: string): boolean {
  const names = labels.split('.').filter((label) => label !== '');
  return (
    !/^\d+x$/i.test(names.at(-1) ?? '') && !(names.length > 1 && names.every((name) => /^\d+$/.test(name)))
  );
}

function hidden(address: string): string {
  const ending = address.slice(address.lastIndexOf('.'));
  return `${address.slice(0, 1)}…@…${ending}`;
}
