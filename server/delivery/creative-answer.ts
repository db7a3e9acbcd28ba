import { parseTemplate } from '../inventory/macros.ts';
import type { HtmlCreative, SnapshotCreative } from '../inventory/snapshot.ts';
import { fillTemplate, inHtml, inJson, type MacroFacts } from './macro-values.ts';

/** The `creative` of an answer of `/v1/ad`, as JSON. */
export interface CreativeAnswer {
  /** The whole of it, where it is the same for every decision. */
  readonly answer: string;
  /** Makes it for a decision; undefined where `answer` is all. */
  readonly fill: ((facts: MacroFacts) => string) | undefined;
}

/**
 * Prepares what delivery answers for a creative. Most are fixed text; what has macros is taken apart here, so that a
 * decision joins strings and searches nothing.
 * @param publicUrl where browsers reach the delivery port, without a slash at its end
 */
export function prepareAnswer(creative: SnapshotCreative, publicUrl: string): CreativeAnswer {
  const { id, type, width, height, alt, links } = creative;
  const common = { id, type, width, height };
  const file = (asset: string) => `${publicUrl}/v1/a/${asset}`;
  switch (creative.type) {
    case 'image': {
      const { asset, asset2x } = creative;
      const srcset = asset2x === undefined ? {} : { srcset: `${file(asset2x)} 2x` };
      return { answer: JSON.stringify({ ...common, src: file(asset), ...srcset, alt }), fill: undefined };
    }
    case 'html5': {
      const hash = creative.asset.replace(/\.bundle$/, '');
      const entry = creative.entry.split('/').map(encodeURIComponent).join('/');
      const tags = Object.keys(links ?? {}).map((name) => `&${name}={click_url_enc:${name}}`);
      const src = `${publicUrl}/v1/b/${hash}/${entry}?clickTag={click_url_enc}${tags.join('')}`;
      return templated(JSON.stringify({ ...common, src, alt }), links);
    }
    case 'html':
      return htmlAnswer(creative, publicUrl);
    case 'text': {
      const { headline, text } = creative;
      return templated(JSON.stringify({ ...common, headline, text, alt }), links);
    }
    case 'native': {
      const { title, body, sponsor, asset } = creative;
      const image = asset === null ? null : file(asset);
      return templated(JSON.stringify({ ...common, title, body, sponsor, image, alt }), links);
    }
  }
}

function templated(json: string, links: SnapshotCreative['links']): CreativeAnswer {
  const template = parseTemplate(json, links);
  return template.length === 1
    ? { answer: json, fill: undefined }
    : { answer: json, fill: (facts) => fillTemplate(template, facts, inJson) };
}

/** Both: `src` is a document of its own for a frame, `html` is for apps that have no frames. */
function htmlAnswer(
  { id, type, width, height, alt, html, links }: HtmlCreative,
  publicUrl: string,
): CreativeAnswer {
  const head = `{"id":${id},"type":"${type}","width":${width},"height":${height},"src":"${publicUrl}/v1/h/`;
  const template = parseTemplate(JSON.stringify(html), links);
  const tail = `,"alt":${JSON.stringify(alt)}}`;
  const inSnippet = (value: string) => inJson(inHtml(value));
  return {
    answer: '',
    fill: (facts) => `${head}${facts.token}","html":${fillTemplate(template, facts, inSnippet)}${tail}`,
  };
}
