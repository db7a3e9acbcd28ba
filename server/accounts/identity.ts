import type { Visible } from '../inventory/index.ts';
import type { Scope } from './access.ts';

/**
 * - `admin`: everything
 * - `adops`: everything but users, demo, location updates and running jobs
 * - `advertiser`: what belongs to some advertisers, to read
 * - `publisher`: what belongs to some sites, to read
 * - `analyst`: reports of visitors and traffic
 */
export const roles = ['admin', 'adops', 'advertiser', 'publisher', 'analyst'] as const;
export type Role = (typeof roles)[number];

/** Who asks, and what they may. */
export interface Identity {
  readonly role: Role;
  /** null: no user, but an advertiser's key, or the command line of this machine. */
  readonly userId: number | null;
  /** null: asked with no API key, but in a session, or by the command line of this machine. */
  readonly keyId: number | null;
  readonly sessionId: number | null;
  readonly visible: Visible;
  /** null: all. */
  readonly scopes: readonly Scope[] | null;
}

/** Who runs the command line on this machine could read the databases' files as well. */
export const localIdentity: Identity = {
  role: 'admin',
  userId: null,
  keyId: null,
  sessionId: null,
  visible: 'all',
  scopes: null,
};

/** What a role gets to see of the inventory. */
export function visibleTo(
  role: Role,
  owned: { readonly advertisers: readonly number[]; readonly sites: readonly number[] },
): Visible {
  switch (role) {
    case 'admin':
    case 'adops':
      return 'all';
    case 'advertiser':
      return { advertisers: owned.advertisers, sites: [] };
    case 'publisher':
      return { advertisers: [], sites: owned.sites };
    case 'analyst':
      return { advertisers: [], sites: [] };
  }
}
