/**
 * Why an event is invalid traffic: a closed list, in order of precedence. The words are stored: never rename one or use
 * one again; append only. Classes are those of the Media Rating Council's "Invalid Traffic Detection and Filtration
 * Standards Addendum" (2020): general invalid traffic (GIVT) is told by lists and standard checks of parameters, and
 * by activity-based filtration; sophisticated invalid traffic (SIVT) needs more than one event to be seen.
 */
export const invalidReasons = {
  internal: { class: 'GIVT', definition: "The address is in the operator's INTERNAL_NETWORKS." },
  staff: { class: 'GIVT', definition: 'A person who is signed in to this Signpost.' },
  prefetch: {
    class: 'GIVT',
    definition:
      'Fetched ahead: the browser said that it prefetches or prerenders (Sec-Purpose, Purpose, X-Moz).',
  },
  bot: {
    class: 'GIVT',
    definition: 'The User-Agent header declares a crawler or another program that is no browser.',
  },
  missing_headers: {
    class: 'GIVT',
    definition: 'No User-Agent header, or no Accept-Language from a browser that always sends it.',
  },
  impossible_headers: {
    class: 'GIVT',
    definition: 'The headers contradict each other: client hints of Chromium from another browser.',
  },
  data_center: {
    class: 'GIVT',
    definition: 'The address belongs to a hosting network: by its ASN, or as the location database says.',
  },
  country_changed: {
    class: 'SIVT',
    definition: 'The event came from another country than the request that the ad was chosen for.',
  },
  browser_changed: {
    class: 'SIVT',
    definition: 'The event came from another browser than the request that the ad was chosen for.',
  },
  no_impression: {
    class: 'SIVT',
    definition:
      'A click or viewable impression whose decision has no impression. Found when the hour is closed.',
  },
  click_rate: { class: 'GIVT', definition: 'More clicks of one visitor than CLICK_RATES allows.' },
  impression_rate: {
    class: 'GIVT',
    definition: 'More impressions of one line item for one visitor than IMPRESSION_RATES allows.',
  },
  network_rate: {
    class: 'GIVT',
    definition:
      'More clicks of one network (/24, /48) than NETWORK_CLICK_RATES allows. Found when the hour is closed.',
  },
  not_followed: {
    class: 'GIVT',
    definition:
      'A click that a page or an ad loaded by itself: the browser did not follow a link (Sec-Fetch-Mode).',
  },
} as const satisfies Record<string, { class: 'GIVT' | 'SIVT'; definition: string }>;
export type InvalidReason = keyof typeof invalidReasons;

export const invalidReasonNames = Object.keys(invalidReasons) as readonly InvalidReason[];

export function isInvalidReason(text: string): text is InvalidReason {
  return Object.hasOwn(invalidReasons, text);
}

/** Why an event that is not invalid traffic is kept and not counted all the same. */
export const notCountedReasons = {
  late: 'More than two hours after its decision.',
  repeated: 'A click whose first one this worker has seen before.',
} as const;
export type NotCountedReason = keyof typeof notCountedReasons;

/** One bit for each reason: what a worker finds is a set of bits, so that finding it allocates nothing. */
export const reasonBit = Object.fromEntries(
  invalidReasonNames.map((name, index) => [name, 1 << index]),
) as Readonly<Record<InvalidReason, number>>;

const fields = new Map<number, string>([[0, '']]);

/** The log line's field for a set of reasons: their names in order of precedence, separated by spaces. */
export function invalidField(bits: number): string {
  let field = fields.get(bits);
  if (field === undefined) {
    const names = invalidReasonNames.filter((name) => (bits & reasonBit[name]) !== 0);
    field = `,"invalid":"${names.join(' ')}"`;
    fields.set(bits, field);
  }
  return field;
}
