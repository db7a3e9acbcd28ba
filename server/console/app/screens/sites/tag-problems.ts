/** A page as a zone's tag has reported it. */
export interface PageSeen {
  /** Without query string; empty where the request named none. */
  readonly page: string;
  readonly lastHour: string;
  readonly adRequests: number;
  readonly filled: number;
  readonly impressions: number;
  readonly viewableImpressions: number;
}

export type TagProblem = 'noPage' | 'otherHost' | 'neverFilled' | 'neverRendered' | 'neverInView';

/** From so many on, none of something is no chance. */
const enough = 20;

/** What is wrong on a page, by what the tag reported from it. */
export function problemsOf(seen: PageSeen, domain: string | undefined): TagProblem[] {
  const { page, adRequests, filled, impressions, viewableImpressions } = seen;
  const found: TagProblem[] = [];
  if (page === '') found.push('noPage');
  else if (domain !== undefined && !belongsTo(page, domain)) found.push('otherHost');
  if (adRequests >= enough && filled === 0) found.push('neverFilled');
  if (filled >= enough && impressions === 0) found.push('neverRendered');
  if (impressions >= enough && viewableImpressions === 0) found.push('neverInView');
  return found;
}

function belongsTo(page: string, domain: string): boolean {
  if (!URL.canParse(page)) return true;
  const { hostname } = new URL(page);
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
