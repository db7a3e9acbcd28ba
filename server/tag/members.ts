/**
 * The script of pages with members, beside the page tag or alone: `signpost.members` registers visitors, signs them in, and
 * lets them see and change what is kept of them. It talks to the server that it came from, by a cookie that no script
 * can read, and stores nothing itself. Pages whose scripts run before it hear of it by the event `signpost-members`.
 */
import { local, script } from './home.ts';
import { memberCalls } from './member-calls.ts';
import type { SignpostApi } from './wire.ts';

const page = window as { signpost?: SignpostApi };
const names = ['consent', 'gpp'] as const;

function signals(): Record<string, string> {
  const said = page.signpost?.dataset ?? {};
  const site = script?.dataset['site'];
  const consent = names.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]]));
  return { ...(site === undefined ? {} : { site }), ...Object.fromEntries(consent) };
}

if (script) {
  page.signpost = { ...page.signpost, members: memberCalls(local('/v1/members'), signals) };
  document.dispatchEvent(new Event('signpost-members'));
}
