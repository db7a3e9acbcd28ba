import type { Location } from '../../geo-db/index.ts';
import type { RequestHeaders } from '../delivery/request-headers.ts';
import type { InventorySnapshot } from '../inventory/snapshot.ts';
import type { SigningKey } from '../secrets/index.ts';
import type { Settings } from '../settings/index.ts';
import { AudienceVisitor } from './audience-visitor.ts';
import { type Consent, consentOf, sourceBit, toldConsent } from './consent.ts';
import { CookieKeys } from './cookie-keys.ts';
import { CookieWriter, cookieValue } from './cookies.ts';
import { IabStrings } from './iab-strings.ts';
import { InterestModel } from './interests.ts';
import { allowsCookie, everything, leftByOptOut } from './purposes.ts';
import { inEuLaw, parseRegionDefaults, type RegionDefaults } from './region-defaults.ts';
import { noSentValues, type SentValues } from './sent-values.ts';
import type { ConsentSignals } from './signals.ts';

const dayMs = 86_400_000;

/** What a worker knows of consent, cookies and interests. Keys and inventory are swapped when they change. */
export class Audience {
  readonly settings: Settings;
  readonly cookies: CookieWriter;
  readonly halfLifeMs: number;
  readonly #defaults: RegionDefaults;
  readonly #iab: IabStrings;
  keys: CookieKeys;
  model = new InterestModel([], []);
  /** Values of advertisers' servers that are on their way to browsers. */
  sentValues: SentValues = noSentValues;

  /** @param publicUrl where browsers reach delivery */
  constructor(settings: Settings, publicUrl: string, keys: readonly SigningKey[]) {
    this.settings = settings;
    this.cookies = new CookieWriter(publicUrl);
    this.halfLifeMs = settings.INTEREST_HALF_LIFE_DAYS * dayMs;
    this.#defaults = parseRegionDefaults(settings.CONSENT_BY_REGION);
    this.#iab = new IabStrings(settings.CONSENT_TCF_VENDOR);
    this.keys = new CookieKeys(keys);
  }

  setKeys(keys: readonly SigningKey[]): void {
    this.keys = new CookieKeys(keys);
  }

  setInventory({ categories = [], segments = [] }: InventorySnapshot): void {
    this.model = new InterestModel(categories, segments);
  }

  /** Who asks, as far as they consented; undefined where nothing is known, and so nothing is read, set or learnt. */
  read(
    headers: RequestHeaders,
    signals: ConsentSignals | undefined,
    location: Location,
    nowMs: number,
  ): AudienceVisitor | undefined {
    const consent = this.consent(headers, signals, location);
    if (consent === undefined && signals === undefined) return undefined;
    return new AudienceVisitor(this, headers, consent, signals, nowMs);
  }

  /** Whoever brings this cookie along, with the consent that their decision was made with; else undefined. */
  decided(
    headers: RequestHeaders,
    code: number,
    nowMs: number,
    kind: 'interests' | 'advertisers' = 'interests',
  ): AudienceVisitor | undefined {
    const consent = consentOf(code);
    const has = headers.cookie !== undefined && allowsCookie(consent.bits, kind);
    return has ? new AudienceVisitor(this, headers, consent, undefined, nowMs) : undefined;
  }

  /**
   * What the visitor consents to. Each source that speaks can only take away: a purpose is allowed when all of them
   * allow it. Where none of them grants or refuses anything by itself, a page that takes part gets its region's default.
   */
  consent(
    headers: RequestHeaders,
    signals: ConsentSignals | undefined,
    location: Location,
  ): Consent | undefined {
    const said = this.#said(signals, storedChoice(headers.cookie));
    const takesPart = signals?.consent !== undefined;
    const code =
      said ?? (takesPart ? heard(everything, this.#defaults.of(location), sourceBit.region) : undefined);
    const left = this.#leftByHeaders(code, headers);
    return left === undefined ? undefined : consentOf(left);
  }

  /**
   * What a later request leaves of the consent that a decision was made with, by its headers and its address: it can only
   * take away. Undefined where nothing is known.
   * @param code of the decision's consent; undefined: nothing was known, and then nothing can be allowed
   */
  narrowed(
    code: number | undefined,
    headers: RequestHeaders,
    signals: ConsentSignals | undefined,
  ): number | undefined {
    const { gpc, dnt } = headers;
    if (signals === undefined && gpc === undefined && dnt === undefined) return code;
    const said = signals === undefined ? undefined : this.#said(signals, undefined);
    if (code === undefined) {
      const left = this.#leftByHeaders(said, headers);
      return left !== undefined && (left & everything) === 0 ? left : undefined;
    }
    const left = said === undefined ? code : heard(code, said & everything, said & ~everything);
    return this.#leftByHeaders(left, headers);
  }

  /** As the code of a consent; undefined where nobody says anything. @param stored the choice that the browser keeps */
  #said(signals: ConsentSignals | undefined, stored: number | undefined): number | undefined {
    let code: number | undefined;
    const hear = (bits: number, source: number) => {
      code = heard(code ?? everything, bits, source);
    };
    if (signals?.tcf !== undefined) hear(this.#iab.tcf(signals.tcf), sourceBit.tcf);
    if (signals?.gpp !== undefined) hear(this.#iab.gpp(signals.gpp), sourceBit.gpp);
    const told = signals?.consent === undefined ? undefined : toldConsent(signals.consent);
    const chosen = told ?? stored;
    if (chosen !== undefined) hear(chosen & everything, chosen & ~everything);
    return code;
  }

  /** Where nobody else has spoken, a refusal refuses all. */
  #leftByHeaders(code: number | undefined, { gpc, dnt }: RequestHeaders): number | undefined {
    let left = code;
    if (gpc === '1') left = heard(left ?? 0, leftByOptOut, sourceBit.gpc);
    if (dnt === '1' && this.settings.CONSENT_DNT === 'on') left = heard(left ?? 0, 0, sourceBit.dnt);
    return left;
  }

  /** What holds where the visitor is, until they say something. */
  defaultBits(location: Location): number {
    return this.#defaults.of(location);
  }

  /** Whether banners have to carry a mark there. */
  marksAds(location: Location): boolean {
    const { AD_MARK: where } = this.settings;
    return where === 'everywhere' || (where === 'by-law' && inEuLaw(location));
  }
}

/** What is left when one more source speaks. @param source one or more of `sourceBit` */
function heard(code: number, bits: number, source: number): number {
  return (code & bits & everything) | (code & ~everything) | source;
}

/** The choice that this browser keeps, as a consent's code. */
export function storedChoice(cookie: string | undefined): number | undefined {
  const text = cookie === undefined ? undefined : cookieValue(cookie, 'choice');
  if (text === undefined) return undefined;
  const bits = Number(text);
  return Number.isInteger(bits) && bits >= 0 && bits <= everything && text !== ''
    ? sourceBit.choice | bits
    : undefined;
}
