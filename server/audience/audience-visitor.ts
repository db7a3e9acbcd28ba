import type { CapRule } from '../delivery/caps.ts';
import { hex64 } from '../delivery/hex.ts';
import type { RequestHeaders } from '../delivery/request-headers.ts';
import { AdsCookie } from './ads-cookie.ts';
import { type AdvertiserEntry, AdvertiserValues, noValues, type OwnValues } from './advertiser-values.ts';
import type { Audience } from './audience.ts';
import type { Consent } from './consent.ts';
import { cookieValue } from './cookies.ts';
import { Interests } from './interests.ts';
import { allowsCookie, type CookieKind, cookieKinds, purposes } from './purposes.ts';
import type { ConsentSignals } from './signals.ts';
import { type CookieVisitor, leftDays, newVisitor, readVisitor, visitorText } from './visitor-cookie.ts';

const noSegments: readonly string[] = Object.freeze([]);

/**
 * One request's visitor with what they consented to. Cookies that the consent does not allow are not read; they are
 * taken from the browser with the answer. `answerCookies` has what is to be set.
 */
export class AudienceVisitor {
  /** Undefined where nobody has said anything. */
  readonly consent: Consent | undefined;
  /** Of a visitor with a cookie that came along: the number, its halves and its 16 hex digits. */
  readonly visitor: CookieVisitor | undefined;
  readonly visitorHex: string;
  /** Ids of creatives that this page or this browser hid. */
  readonly hidden: ReadonlySet<number> | undefined;
  readonly origin: string | undefined;
  readonly #audience: Audience;
  readonly #cookie: string;
  readonly #nowMs: number;
  readonly #ads: AdsCookie | undefined;
  #adsChanged = false;
  #interests: Interests | undefined;
  #interestsChanged = false;
  #segments: readonly string[] | undefined;
  #advertisers: AdvertiserValues | undefined;
  #advertisersChanged = false;

  constructor(
    audience: Audience,
    headers: RequestHeaders,
    consent: Consent | undefined,
    signals: ConsentSignals | undefined,
    nowMs: number,
  ) {
    this.#audience = audience;
    this.#nowMs = nowMs;
    this.consent = consent;
    this.#cookie = headers.cookie ?? '';
    // The page takes part, and its requests are made with credentials: they need an answer to their origin by name.
    this.origin = signals?.consent === undefined ? undefined : headers.origin;
    const text = this.#allowedValue('visitor');
    this.visitor = text === undefined ? undefined : readVisitor(text, audience.keys, nowMs);
    this.visitorHex = this.visitor === undefined ? '' : hex64(this.visitor.high, this.visitor.low);
    const ads = this.#allowedValue('ads');
    this.#ads = this.allows('ads') ? new AdsCookie(ads) : undefined;
    this.hidden = hiddenIds(signals?.hide, this.#ads?.hidden);
  }

  get bits(): number {
    return this.consent === undefined ? 0 : this.consent.bits;
  }

  allows(kind: CookieKind): boolean {
    return this.consent !== undefined && allowsCookie(this.bits, kind);
  }

  /** What this browser was shown; undefined where that may not be kept in it. */
  get ads(): AdsCookie | undefined {
    return this.#ads;
  }

  /** Counts an ad that was handed out. */
  shown(caps: readonly CapRule[]): void {
    if (this.#ads === undefined || caps.length === 0) return;
    this.#ads.record(caps, this.#nowMs);
    this.#adsChanged = true;
  }

  /** Whether the browser will keep that the ad is hidden. */
  hide(creativeId: number): boolean {
    this.#ads?.hide(creativeId);
    this.#adsChanged = this.#ads !== undefined;
    return this.#adsChanged;
  }

  showAgain(creativeId: number): void {
    this.#ads?.showAgain(creativeId);
    this.#adsChanged = this.#ads !== undefined;
  }

  /** Undefined where there may be none. */
  get interests(): Interests | undefined {
    if (this.#interests === undefined && this.allows('interests')) {
      const { keys, halfLifeMs } = this.#audience;
      const text = this.#allowedValue('interests');
      const kept = text === undefined ? undefined : Interests.open(text, keys, halfLifeMs);
      this.#interests = kept ?? new Interests(halfLifeMs);
    }
    return this.#interests;
  }

  /** Names of the segments that the visitor is in. */
  get segments(): readonly string[] {
    if (this.#segments === undefined) {
      const has = this.#audience.model.hasSegments && this.#allowedValue('interests') !== undefined;
      const interests = has ? this.interests : undefined;
      this.#segments =
        interests === undefined ? noSegments : this.#audience.model.segmentsOf(interests, this.#nowMs);
    }
    return this.#segments;
  }

  /** Counts a visit to a page of these categories. */
  visited(categories: readonly number[]): void {
    if (categories.length === 0) return;
    this.interests?.visit(categories, this.#nowMs);
    this.#interestsChanged = true;
  }

  removeInterest(category: number): void {
    this.interests?.remove(category);
    this.#interestsChanged = true;
  }

  /** What advertisers keep here; undefined where they may not. */
  get advertisers(): AdvertiserValues | undefined {
    if (this.#advertisers === undefined && this.allows('advertisers')) {
      const { keys, sentValues } = this.#audience;
      const text = this.#allowedValue('advertisers');
      const kept = text === undefined ? undefined : AdvertiserValues.open(text, keys, this.#nowMs);
      this.#advertisers = kept ?? new AdvertiserValues();
      if (sentValues.size > 0) this.#takeSent(this.#advertisers);
    }
    return this.#advertisers;
  }

  /** By advertiser. Without the cookie nothing is opened. */
  get ownValues(): OwnValues {
    const has = this.#allowedValue('advertisers') !== undefined;
    return (has ? this.advertisers?.values() : undefined) ?? noValues;
  }

  /** An ad of the advertiser is shown. @returns what it keeps here; undefined where it may not */
  meet(advertiser: number): AdvertiserEntry | undefined {
    const { advertisers } = this;
    if (advertisers?.meet(advertiser, this.#audience.keys, this.#nowMs)) this.#advertisersChanged = true;
    return advertisers?.of(advertiser);
  }

  /** An advertiser sets its value, in the browser that has this pseudonym of it. */
  setValue(advertiser: number, visitor: string, value: string): void {
    const entry = this.advertisers?.of(advertiser);
    if (entry?.visitor !== visitor) return;
    const atS = Math.floor(this.#nowMs / 1000);
    if (this.#advertisers?.set(entry, { value, atS })) this.#advertisersChanged = true;
  }

  removeAdvertiser(advertiser: number): void {
    this.advertisers?.remove(advertiser);
    this.#advertisersChanged = true;
  }

  /** What advertisers' servers have sent for this browser meanwhile. */
  #takeSent(advertisers: AdvertiserValues): void {
    for (const entry of advertisers.entries) {
      const sent = this.#audience.sentValues.of(entry.advertiser, entry.visitor);
      if (sent !== undefined && sent.atS > entry.valueAtS && advertisers.set(entry, sent))
        this.#advertisersChanged = true;
    }
  }

  /** Set-Cookie value of the advertisers' cookie alone; undefined where nothing has changed. */
  advertisersCookie(): string | undefined {
    if (!this.#advertisersChanged || this.#advertisers === undefined) return undefined;
    const { cookies, keys } = this.#audience;
    return this.#advertisers.isEmpty
      ? cookies.clear('advertisers')
      : cookies.set('advertisers', this.#advertisers.seal(keys, this.#nowMs));
  }

  /**
   * Set-Cookie values for the answer: what is new or changed, and the end of what is not allowed (any more).
   * @param choice purposes as bits that the browser is to keep; undefined: as it is
   */
  answerCookies(choice?: number | 'forget'): readonly string[] {
    const { cookies } = this.#audience;
    const set: string[] = [];
    if (choice !== undefined && choice !== 'forget') set.push(cookies.set('choice', String(choice)));
    if (choice === 'forget' && this.#has('choice')) set.push(cookies.clear('choice'));
    if (this.consent !== undefined && this.#cookie !== '') {
      for (const kind of cookieKinds) {
        if (this.#has(kind) && !this.allows(kind)) set.push(cookies.clear(kind));
      }
    }
    const visitor = this.#visitorToSet();
    if (visitor !== undefined) set.push(visitor);
    if (this.#adsChanged && this.#ads !== undefined) {
      const { isEmpty } = this.#ads;
      set.push(isEmpty ? cookies.clear('ads') : cookies.set('ads', this.#ads.text()));
    }
    if (this.#interestsChanged && this.#interests !== undefined) {
      const { isEmpty } = this.#interests;
      const sealed = () => (this.#interests as Interests).seal(this.#audience.keys, this.#nowMs);
      set.push(isEmpty ? cookies.clear('interests') : cookies.set('interests', sealed()));
    }
    const advertisers = this.advertisersCookie();
    if (advertisers !== undefined) set.push(advertisers);
    return set;
  }

  /** A new number, or the same signed by the key of today. */
  #visitorToSet(): string | undefined {
    if ((this.bits & purposes.measurement.bit) === 0) return undefined;
    const { keys, cookies } = this.#audience;
    if (this.visitor?.keyId === keys.now(this.#nowMs).id) return undefined;
    const visitor = this.visitor ?? newVisitor(this.#nowMs);
    const text = visitorText(visitor, keys, this.#nowMs);
    return cookies.set('visitor', text, leftDays(visitor.madeDay, this.#nowMs));
  }

  #has(kind: CookieKind): boolean {
    return this.#cookie !== '' && cookieValue(this.#cookie, kind) !== undefined;
  }

  /** The cookie's value where the consent allows it to be read. */
  #allowedValue(kind: CookieKind): string | undefined {
    return this.#cookie !== '' && this.allows(kind) ? cookieValue(this.#cookie, kind) : undefined;
  }

  /** Every cookie of ours, and whether it came along. */
  cookiesInBrowser(): readonly { readonly kind: CookieKind; readonly isThere: boolean }[] {
    return cookieKinds.map((kind) => ({ kind, isThere: this.#has(kind) }));
  }
}

const maxHiddenText = 400;

function hiddenIds(
  ofPage: string | undefined,
  ofBrowser: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (ofPage === undefined) return ofBrowser === undefined || ofBrowser.size === 0 ? undefined : ofBrowser;
  const hidden = new Set(ofBrowser);
  for (const part of ofPage.slice(0, maxHiddenText).split(',')) {
    const id = Number(part);
    if (Number.isInteger(id) && id > 0) hidden.add(id);
  }
  return hidden;
}
