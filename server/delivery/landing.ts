import { parseTemplate } from '../inventory/macros.ts';
import type { InventoryIndex } from './inventory-index.ts';
import { fillTemplate, inUrl, type MacroFacts } from './macro-values.ts';
import { creativeOf } from './preview.ts';

export interface Landing {
  /** In the form of a Location header: ASCII, percent-encoded. */
  readonly url: string;
  /** The link's name; '' is the creative's own landing, also for a name that the creative does not have. */
  readonly link: string;
}

/**
 * Where a click leads: to one of the creative's own URLs out of the inventory, never to one of the request. Undefined
 * where the creative is not known any more. Macros stand behind the host (the inventory refuses them elsewhere), so
 * that no value can change it; this is checked again here.
 */
export function landingOf(
  inventory: InventoryIndex | undefined,
  link: string,
  facts: MacroFacts,
): Landing | undefined {
  const landing = inventory?.landing(creativeOf(facts.decided));
  if (landing === undefined) return undefined;
  const known = landing.links !== undefined && Object.hasOwn(landing.links, link);
  const text = known ? (landing.links[link] as string) : landing.clickUrl;
  if (!URL.canParse(text)) return undefined;
  const filled = fillTemplate(parseTemplate(text, landing.links), facts, inUrl);
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (url === undefined || url.origin !== new URL(text).origin) return undefined;
  return { url: url.href, link: known ? link : '' };
}

/** Parts of `<token>` or `<token>/<link>`, as they follow `/v1/c/`. */
export function splitLink(path: string): readonly [token: string, link: string] {
  const slash = path.indexOf('/');
  return slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
}
