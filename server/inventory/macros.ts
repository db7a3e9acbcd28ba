/**
 * Macros of creatives: `{zone}` stands for the value itself, `{zone_enc}` for the value percent-encoded. Values of
 * macros are filled in by delivery; the list is documented in docs/creatives.md and a test holds the two together.
 */
export const macroNames = [
  'click_url',
  'cache_buster',
  'zone',
  'site',
  'country',
  'region',
  'city',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
  'decision',
  'time',
  'advertiser_handle',
  'advertiser_visitor',
  'advertiser_value',
  'advertiser_pixel',
] as const;
export type MacroName = (typeof macroNames)[number];

/** Macros that a page around the ad must not read: in snippets alone, whose documents it cannot look into. */
const snippetMacro = /\{advertiser_(visitor|value|pixel)(_enc)?\}/;
export const hasSnippetMacro = (text: string): boolean => snippetMacro.test(text);

/** Whether a landing's address asks for the advertiser's handle. */
export const hasHandle = (text: string): boolean => /\{advertiser_handle(_enc)?\}/.test(text);

/** The name of a link of a creative that has several. */
export const linkName = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** How a macro is written: its name, `_enc`, and for `click_url` the link. */
const spelling = new RegExp(`\\{(${macroNames.join('|')})(_enc)?(?::([A-Za-z][\\w-]{0,31}))?\\}`, 'g');

export interface Macro {
  readonly name: MacroName;
  readonly encoded: boolean;
  /** Of `click_url` only; '' is the creative's own landing. */
  readonly link: string;
}

/** Fixed text and macros in turn, as they follow each other. */
export type Template = readonly (string | Macro)[];

/**
 * Takes a text apart. What is no macro stays text: an unknown name, a link that `links` does not name, a link given to
 * anything but `click_url`.
 */
export function parseTemplate(text: string, links: Readonly<Record<string, unknown>> = {}): Template {
  const parts: (string | Macro)[] = [];
  let from = 0;
  for (const match of text.matchAll(spelling)) {
    const [whole, name, encoded, link = ''] = match;
    if (link !== '' && (name !== 'click_url' || !Object.hasOwn(links, link))) continue;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push({ name: name as MacroName, encoded: encoded !== undefined, link });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** Links that a text's macros name. */
export function namedLinks(text: string): string[] {
  return [...text.matchAll(spelling)].flatMap(([, name, , link]) =>
    name === 'click_url' && link !== undefined ? link : [],
  );
}

/**
 * Gives macros back that a URL parser has percent-encoded: in a path it does so with braces, in a query it does not.
 */
export function restoreMacros(href: string): string {
  return href.replace(/%7B([a-z_]+)%7D/gi, (whole, name: string) => {
    const macro = `{${name}}`;
    return parseTemplate(macro).length === 1 && typeof parseTemplate(macro)[0] === 'object' ? macro : whole;
  });
}
