import { createHash } from 'node:crypto';
import type { OpenApiDocument } from './openapi.ts';

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:64rem;margin:0 auto;padding:1rem}
nav a{display:inline-block;margin-right:1rem}
details{border:1px solid #8886;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}
summary code{font-weight:600}
pre{overflow-x:auto;padding:.6rem;border:1px solid #8886;border-radius:.4rem}
table{border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}
`;

/** Nothing is loaded, no script runs, and the one style is named by its hash. */
export const documentPagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type Json = Readonly<Record<string, unknown>>;
const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);

const escaped = (text: unknown): string =>
  String(text ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** JSON to read, where names of schemas lead to them. */
function json(value: unknown): string {
  const text = escaped(JSON.stringify(value, null, 2));
  return `<pre tabindex="0">${text.replaceAll(/#\/components\/schemas\/(\w+)/g, '<a href="#schema-$1">$1</a>')}</pre>`;
}

/** The OpenAPI document as a page to read: without scripts, so that it needs none to be trusted. */
export function documentPage(document: OpenApiDocument): string {
  const { info, paths, components } = document as unknown as { info: Json; paths: Json; components?: Json };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(record(methods)).map(([method, operation]) => ({
      path,
      method,
      operation: record(operation),
    })),
  );
  const tags = [...new Set(operations.map(({ operation }) => String(values(operation['tags'])[0] ?? '')))];
  const schemas = Object.entries(record(components?.['schemas']));
  const anchor = (tag: string) => `tag-${tag.replaceAll(/\W+/g, '-')}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(info['title'])}</title><style>${style}</style></head>
<body><header><h1>${escaped(info['title'])}</h1>
<p>${escaped(info['description'])} All of this as data: <a href="openapi.json">openapi.json</a>.</p>
<nav aria-label="Sections">${[
    ...tags.map((tag) => [anchor(tag), tag] as const),
    ['schemas', 'Schemas'] as const,
  ]
    .map(([id, name]) => `<a href="#${id}">${escaped(name)}</a>`)
    .join(' ')}</nav></header>
<main>${tags
    .map(
      (tag) =>
        `<section id="${anchor(tag)}"><h2>${escaped(tag)}</h2>${operations
          .filter(({ operation }) => values(operation['tags'])[0] === tag)
          .map(operationHtml)
          .join('\n')}</section>`,
    )
    .join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas
    .map(
      ([name, schema]) =>
        `<section id="schema-${escaped(name)}"><h3>${escaped(name)}</h3>${json(schema)}</section>`,
    )
    .join('\n')}</section></main></body></html>
`;
}

const values = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function operationHtml({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Json;
}): string {
  const id = escaped(operation['operationId']);
  return `<details id="${id}"><summary><code>${method.toUpperCase()} ${escaped(path)}</code> ${escaped(operation['summary'])}</summary>
${String(operation['description'] ?? '')
  .split('\n\n')
  .map((part) => `<p>${escaped(part)}</p>`)
  .join('')}
${parametersHtml(list(operation['parameters']))}
${contentHtml('Body', record(operation['requestBody']))}
${Object.entries(record(operation['responses']))
  .map(([status, response]) => contentHtml(status, record(response)))
  .join('\n')}</details>`;
}

function parametersHtml(parameters: readonly Json[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map((parameter) => {
    const { description: _described, ...schema } = record(parameter['schema']);
    const needed = parameter['required'] === true ? ', required' : '';
    return `<tr><th scope="row"><code>${escaped(parameter['name'])}</code></th><td>${escaped(parameter['in'])}${needed}</td><td>${escaped(parameter['description'])} <code>${escaped(JSON.stringify(schema))}</code></td></tr>`;
  });
  return `<h3>Parameters</h3><table>${rows.join('')}</table>`;
}

/** A body or an answer, by its content types; of those that are alike the first. */
function contentHtml(title: string, { description, content }: Json): string {
  const types = Object.entries(record(content));
  if (description === undefined && types.length === 0) return '';
  const [first] = types;
  const media = record(first?.[1]);
  const names = types.map(([type]) => `<code>${escaped(type)}</code>`).join(', ');
  const example = media['examples'] ?? media['example'];
  return `<h3>${escaped(title)}</h3><p>${escaped(description)} ${names}</p>${media['schema'] === undefined ? '' : json(media['schema'])}${example === undefined ? '' : `<p>Example</p>${json(example)}`}`;
}
