import type { Settings } from '../settings/index.ts';
import type { ChildMessage } from './messages.ts';
import { originOf } from './public-url.ts';
import type { Role } from './roles.ts';

type Ready = Extract<ChildMessage, { kind: 'ready' }>;

export interface Welcome {
  /** @returns whether the admin key was printed */
  ready(who: 'worker' | 'office', message: Ready): boolean;
}

/** Prints, once, what a person needs to go on: the addresses to open and, at the very first start, the admin key. */
export function welcome(settings: Settings, role: Role): Welcome {
  const expected = role === 'backoffice' ? ['office'] : ['worker', 'office'];
  const seen = new Map<string, Ready>();
  let printed = false;
  return {
    ready(who, message) {
      seen.set(who, message);
      const key = seen.get('office')?.adminKey;
      if (printed) {
        // A back office that ended before it heard that its key was shown has made another one.
        if (who !== 'office' || key === undefined) return false;
        process.stdout.write(`${keyLines(key).join('\n')}\n\n`);
        return true;
      }
      if (!expected.every((name) => seen.has(name))) return false;
      printed = true;
      process.stdout.write(text(settings, role, seen));
      return key !== undefined;
    },
  };
}

function keyLines(key: string): string[] {
  return [
    `  Admin key ${key}`,
    '            It is shown this once: keep it. API: "Authorization: Bearer <key>".',
  ];
}

function text(settings: Settings, role: Role, seen: ReadonlyMap<string, Ready>): string {
  const worker = seen.get('worker');
  const office = seen.get('office');
  const lines = ['', '  Signpost is running.', ''];
  if (role !== 'delivery' && office !== undefined) {
    const console = originOf(settings.HOST, office.port);
    lines.push(`  Console   ${console}`);
    if (office.demo === true) lines.push(`  Demo      ${console}/demo`);
    lines.push(`  API       ${console}/api/v1/openapi.json`);
  }
  if (worker !== undefined)
    lines.push(`  Delivery  ${settings.PUBLIC_URL ?? originOf(settings.HOST, worker.port)}/tag.js`);
  if (office?.adminKey !== undefined) lines.push('', ...keyLines(office.adminKey));
  return `${lines.join('\n')}\n\n`;
}
