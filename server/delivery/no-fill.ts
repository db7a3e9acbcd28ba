/**
 * Why an ad request got no ad: values, not errors. A closed list; a reason is never renamed or reused. The standard
 * that comes nearest is OpenRTB 3.0's "No-Bid Reason Codes", which knows of bids and not of inventory.
 */
export const noFillReasons = {
  not_ready: 'The inventory is not loaded yet.',
  unknown_zone: 'In a request for several zones: there is no such zone.',
  no_creative_fits: 'No line item has a creative of a size that the zone takes.',
  targeting: "Line items have a fitting creative, but none of them is targeted at the visitor's place.",
  schedule: 'Line items match, but none of them runs at this time.',
} as const;

export type NoFillReason = keyof typeof noFillReasons;
