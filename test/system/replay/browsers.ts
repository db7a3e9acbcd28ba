import { userAgents } from '../../support/user-agents.ts';

/** A browser as it is known from how its header was made, without reading the header. */
export interface Browser {
  readonly userAgent: string;
  readonly name: string;
  readonly os: string;
  readonly device: 'desktop' | 'mobile' | 'tablet';
}

/** The kinds that `userAgents` makes in turn. */
const kinds: readonly Omit<Browser, 'userAgent'>[] = [
  { name: 'Chrome', os: 'Windows', device: 'desktop' },
  { name: 'Mobile Safari', os: 'iOS', device: 'mobile' },
  { name: 'Chrome', os: 'Android', device: 'mobile' },
  { name: 'Safari', os: 'Mac OS', device: 'desktop' },
  { name: 'Firefox', os: 'Windows', device: 'desktop' },
  { name: 'Edge', os: 'Windows', device: 'desktop' },
  { name: 'Firefox', os: 'Linux', device: 'desktop' },
  { name: 'Samsung Internet', os: 'Android', device: 'mobile' },
  { name: 'Opera', os: 'Linux', device: 'desktop' },
  { name: 'Mobile Safari', os: 'iOS', device: 'tablet' },
];

export function browsers(count: number): readonly Browser[] {
  return userAgents(count).map((userAgent, index) => {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error('there are no kinds');
    return { userAgent, ...kind };
  });
}
