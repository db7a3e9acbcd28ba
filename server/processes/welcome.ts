import type { Settings } from '../settings/index.ts';
import type { ChildMessage } from './messages.ts';
import { consoleUrl, originOf } from './public-url.ts';
import type { Role } from './roles.ts';

type Ready = Extract<ChildMessage, { kind: 'ready' }>;

export interface Welcome {
  ready(who: 'worker' | 'office', message: Ready): void;
}

/**
 * Prints, once, what a person needs to go on: the addresses to open and, while there is no administrator, the link by which
 * somebody becomes one. Each start of the back office makes a new link, which ends the one before.
 */
export function welcome(settings: Settings, role: Role): Welcome {
  const expected = role === 'backoffice' ? ['office'] : ['worker', 'office'];
  const seen = new Map<string, Ready>();
  let printed = false;
  return {
    ready(who, message) {
      seen.set(who, message);
      const link = seen.get('office')?.adminLink;
      if (printed) {
        if (who === 'office' && link !== undefined) process.stdout.write(`${linkLines(link).join('\n')}\n\n`);
      } else if (expected.every((name) => seen.has(name))) {
        printed = true;
        process.stdout.write(text(settings, role, seen));
      }
    },
  };
}

function linkLines(link: string): string[] {
  return ['  To become the administrator, open this link. It works once, for three days:', `  ${link}`];
}

function text(settings: Settings, role: Role, seen: ReadonlyMap<string, Ready>): string {
  const worker = seen.get('worker');
  const office = seen.get('office');
  const lines = ['', '  Signpost is running.', ''];
  if (role !== 'delivery' && office !== undefined) {
    const console = consoleUrl(settings, office.port);
    lines.push(`  Console   ${console}`);
    if (office.demo === true) lines.push(`  Demo      ${console}/demo`);
    lines.push(`  API       ${console}/api/v1/openapi.json`);
  }
  if (worker !== undefined)
    lines.push(`  Delivery  ${settings.PUBLIC_URL ?? originOf(settings.HOST, worker.port)}/tag.js`);
  if (office?.adminLink !== undefined) lines.push('', ...linkLines(office.adminLink));
  return `${lines.join('\n')}\n\n`;
}
