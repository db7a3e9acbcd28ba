/** What a sum can be about, beside its time: columns of `events`, and of everything that is made from them. */
export const dimensionNames = [
  'site',
  'zone',
  'no_fill',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
  'country',
  'region',
  'city',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'device',
  'language',
  'page',
  'referrer',
] as const;
export type DimensionName = (typeof dimensionNames)[number];

/** Of these, what an ad's conversions take over from its click or impression. */
export const touchDimensions = dimensionNames.filter((name) => name !== 'no_fill');
