import { join } from 'node:path';
import type { MemberKeyPlaces, MemberMailParts } from '../members/index.ts';
import type { Settings } from '../settings/index.ts';
import { backupDirOf } from './backup-settings.ts';
import { deliveryUrl } from './public-url.ts';

/** Where the members' keys are, and the copy of their current state. */
export function memberKeyPlaces(settings: Settings): Omit<MemberKeyPlaces, 'sealer'> {
  return {
    directory: settings.MEMBER_KEYS_DIR ?? join(settings.DATA_DIR, 'keys', 'members'),
    copyDirectory: join(backupDirOf(settings), 'member-keys'),
  };
}

/** The addresses of pages for members; a token is after the #, so that it is in no log of a server. */
export function memberPages(settings: Settings): MemberMailParts['pageOf'] {
  const pattern = settings.MEMBER_PAGES ?? `${deliveryUrl(settings)}/v1/members/page/{page}`;
  return (page, { site, language, token }) => {
    const url = new URL(pattern.replace('{page}', page));
    url.searchParams.set('site', String(site));
    url.searchParams.set('lang', language);
    if (token !== undefined) url.hash = `token=${token}`;
    return url.href;
  };
}
