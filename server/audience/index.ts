export { Audience } from './audience.ts';
export type { AudienceVisitor } from './audience-visitor.ts';
export { type Consent, consentOf, maxConsentCode, purposesText } from './consent.ts';
export { cookieTable, purposes } from './purposes.ts';
export { parseRegionDefaults } from './region-defaults.ts';
export { bodySignals, type ConsentSignals, querySignals } from './signals.ts';
