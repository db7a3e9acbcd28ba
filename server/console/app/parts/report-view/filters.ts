export type Operator = '=' | '!=' | '^=';

/** A condition on a dimension: its value is one of these, none of these, or begins with one of these. */
export interface Filter {
  readonly dimension: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Conditions as the API takes them: `country=TW,DE;page^=/news/`. */
export function filterText(filters: readonly Filter[]): string {
  return filters
    .map(({ dimension, operator, values }) => `${dimension}${operator}${values.map(quoted).join(',')}`)
    .join(';');
}

const quoted = (value: string) => (/[",;]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** What `filterText` made; whatever else somebody may have put into an address gives those conditions that can be read. */
export function parseFilters(text: string): Filter[] {
  return splitOutsideQuotes(text, ';').flatMap((condition) => {
    const [, dimension, operator, list] = /^(\w+)(!=|\^=|=)(.*)$/s.exec(condition) ?? [];
    if (dimension === undefined || operator === undefined || list === undefined) return [];
    return [
      { dimension, operator: operator as Operator, values: splitOutsideQuotes(list, ',').map(unquoted) },
    ];
  });
}

const unquoted = (value: string) =>
  value.startsWith('"') && value.endsWith('"') && value.length > 1
    ? value.slice(1, -1).replaceAll('""', '"')
    : value;

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  let inside = false;
  for (const letter of text) {
    if (letter === '"') inside = !inside;
    if (letter === separator && !inside) {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part];
}

/** With the condition in place of others of the same dimension. */
export const withFilter = (filters: readonly Filter[], added: Filter): Filter[] => [
  ...filters.filter(({ dimension }) => dimension !== added.dimension),
  added,
];

/** The one value that a dimension is kept to; undefined where it is not, or to several. */
export function onlyValue(filters: readonly Filter[], dimension: string): string | undefined {
  const filter = filters.find((each) => each.dimension === dimension && each.operator === '=');
  return filter?.values.length === 1 ? filter.values[0] : undefined;
}
