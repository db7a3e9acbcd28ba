import type { HeaderList } from './reply.ts';

/**
 * What advertisers' documents may do, in a frame of ours or opened by themselves: run scripts in an origin that is
 * nobody's, and open windows, which are the landing page's own. No cookies, no storage, no access to the page around
 * it, no navigation of it, no forms, no dialogs.
 */
const sandbox = 'sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox';

const own = "'self' data: blob: 'unsafe-inline' 'unsafe-eval'";

const policy = (sources: string): HeaderList => [
  'Content-Security-Policy',
  `${sandbox}; default-src ${sources}; base-uri 'self'; form-action 'none'`,
];

/** Loads from this server alone. */
export const closedSandbox: HeaderList = policy(own);
/** Loads from anywhere. */
export const openSandbox: HeaderList = policy(`${own} https: http:`);
