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
  pacing: 'Line items run, but none of them may be shown now: goal or budget are reached, or ahead of plan.',
  capped: 'The visitor has seen the line items that are left as often as their caps allow.',
  excluded: 'What is left is on the page already, competes with what is, or cannot fill the whole page.',
  share: 'Only sponsorships match, and the draw gave this request to none of them.',
} as const;

export type NoFillReason = keyof typeof noFillReasons;
