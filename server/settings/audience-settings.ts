import { z } from 'zod';
import { parseRegionDefaults } from '../audience/region-defaults.ts';
import { readableBy } from './fields.ts';

/** What visitors are asked, and what is learnt of them with their consent. */
export const audienceSettings = {
  CONSENT_BY_REGION: readableBy(parseRegionDefaults)
    .default('EEA=none,GB=none,CH=none,BR=none,TW=none,US=measurement,US-CA=measurement,*=none')
    .describe(
      'What is allowed for visitors who have said nothing, on pages that ask for consent: places (region, country, EU, EEA, *) with none, or purposes with + between: measurement, personalisation, advertisers.',
    ),
  CONSENT_DNT: z
    .enum(['on', 'off'])
    .default('off')
    .describe('Whether the old Do Not Track header is a refusal. Sec-GPC always is an opt-out.'),
  CONSENT_KEEP_REFUSAL: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      'Whether a refusal is kept in a cookie, so that the visitor is not asked again. Where the default of the region allows something it always is, or it could not hold.',
    ),
  CONSENT_TCF_VENDOR: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      "Your number on IAB Europe's Global Vendor List, which a TCF string then has to name. Default: none, and the purposes alone count.",
    ),
  INTEREST_HALF_LIFE_DAYS: z.coerce
    .number()
    .min(0.01)
    .max(365)
    .default(14)
    .describe('Days after which a visit counts half for the interests of a visitor.'),
  INTEREST_SENSITIVE: z
    .enum(['refused', 'allowed'])
    .default('refused')
    .describe(
      'Whether interests may be about what data protection law guards most: health, religion, politics, sexuality, ethnicity, trade unions and the like.',
    ),
  AD_MARK: z
    .enum(['by-law', 'everywhere', 'off'])
    .default('by-law')
    .describe(
      'Where banners carry a mark that says whose they are and why they are shown: in the European Economic Area and where the country is unknown (Digital Services Act, article 26), everywhere, or nowhere.',
    ),
};
