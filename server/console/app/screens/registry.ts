import type { ComponentType } from 'react';
import type { IconName } from '../parts/icon.tsx';
import type { Role } from '../session/account.ts';
import type en from '../texts/en.json';

export type ScreenName = keyof typeof en.nav.screens;
export type ScreenGroup = keyof typeof en.nav.groups;

export interface ScreenEntry {
  /** Its folder, the name of its texts, and `nav.screens.<name>` in the shell's. */
  readonly name: ScreenName;
  /** It has all addresses that begin so: `/campaigns`, `/campaigns/12`. */
  readonly path: `/${string}`;
  readonly icon: IconName;
  /** Where it is in the navigation; null: it is reached otherwise. */
  readonly group: ScreenGroup | null;
  /** Who sees it. What they get there is the API's business. */
  readonly roles: readonly Role[];
  readonly load: () => Promise<{ readonly Screen: ComponentType }>;
}

const everyone: readonly Role[] = ['admin', 'adops', 'advertiser', 'publisher', 'analyst'];
const staff: readonly Role[] = ['admin', 'adops'];

/** Every screen, in the order of the navigation. The first that a role sees is where it starts. */
export const screens: readonly ScreenEntry[] = [
  {
    ...{ name: 'overview', path: '/overview', icon: 'home', group: 'insights' },
    roles: ['advertiser'],
    load: () => import('./overview/index.tsx'),
  },
  {
    ...{ name: 'visitors', path: '/visitors', icon: 'globe', group: 'insights' },
    roles: ['admin', 'adops', 'publisher', 'analyst'],
    load: () => import('./visitors/index.tsx'),
  },
  {
    ...{ name: 'traffic', path: '/traffic', icon: 'bars', group: 'insights' },
    roles: ['admin', 'adops', 'publisher', 'analyst'],
    load: () => import('./traffic/index.tsx'),
  },
  {
    ...{ name: 'reports', path: '/reports', icon: 'report', group: 'insights' },
    roles: everyone,
    load: () => import('./reports/index.tsx'),
  },
  {
    ...{ name: 'campaigns', path: '/campaigns', icon: 'megaphone', group: 'advertising' },
    roles: staff,
    load: () => import('./campaigns/index.tsx'),
  },
  {
    ...{ name: 'why', path: '/why', icon: 'question', group: 'advertising' },
    roles: staff,
    load: () => import('./why/index.tsx'),
  },
  {
    ...{ name: 'sites', path: '/sites', icon: 'layout', group: 'advertising' },
    roles: ['admin', 'adops', 'publisher'],
    load: () => import('./sites/index.tsx'),
  },
  {
    ...{ name: 'interests', path: '/interests', icon: 'heart', group: 'advertising' },
    roles: staff,
    load: () => import('./interests/index.tsx'),
  },
  {
    ...{ name: 'members', path: '/members', icon: 'people', group: 'insights' },
    roles: ['admin', 'adops', 'publisher', 'analyst'],
    load: () => import('./members/index.tsx'),
  },
  {
    ...{ name: 'invalid-traffic', path: '/invalid-traffic', icon: 'shield', group: 'operation' },
    roles: staff,
    load: () => import('./invalid-traffic/index.tsx'),
  },
  {
    ...{ name: 'jobs', path: '/jobs', icon: 'clock', group: 'operation' },
    roles: staff,
    load: () => import('./jobs/index.tsx'),
  },
  {
    ...{ name: 'system', path: '/system', icon: 'pulse', group: 'operation' },
    roles: staff,
    load: () => import('./system/index.tsx'),
  },
  {
    ...{ name: 'users', path: '/users', icon: 'people', group: 'administration' },
    roles: ['admin'],
    load: () => import('./users/index.tsx'),
  },
  {
    ...{ name: 'audit', path: '/audit', icon: 'list', group: 'administration' },
    roles: ['admin'],
    load: () => import('./audit/index.tsx'),
  },
  {
    ...{ name: 'privacy', path: '/privacy', icon: 'eye', group: 'administration' },
    roles: ['admin'],
    load: () => import('./privacy/index.tsx'),
  },
  {
    ...{ name: 'member-requests', path: '/member-requests', icon: 'mail', group: 'administration' },
    roles: ['admin'],
    load: () => import('./member-requests/index.tsx'),
  },
  {
    ...{ name: 'account', path: '/account', icon: 'person', group: null },
    roles: everyone,
    load: () => import('./account/index.tsx'),
  },
];

export const screensOf = (role: Role): ScreenEntry[] => screens.filter(({ roles }) => roles.includes(role));
