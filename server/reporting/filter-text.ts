import type { FilterOperator, ReportFilter } from '../../analytics/index.ts';
import { filterOperators } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';

/** How an operator is written, with one value and with several. */
const signs: Readonly<Record<string, { one: FilterOperator; many: FilterOperator }>> = {
  '=': { one: 'eq', many: 'in' },
  '!=': { one: 'not', many: 'not_in' },
  '^=': { one: 'prefix', many: 'prefix' },
  '!^=': { one: 'not_prefix', many: 'not_prefix' },
};

/**
 * Filters as text, or as JSON where it begins with a brace. Text: `country=TW,DE;browser!=Chrome;page^=/news/`, where
 * each has to hold; `page!^=/news/` begins otherwise. A value with a comma, a semicolon or a quote stands in double quotes, quotes in it doubled. JSON:
 * lists of values by dimension, or by operator in a dimension: `{"country":["TW","DE"],"page":{"prefix":["/news/"]}}`.
 * @throws AppError `invalid_input` at `/filter`
 */
export function filtersOf(text: string | undefined): ReportFilter[] {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return [];
  return trimmed.startsWith('{') ? filtersOfJson(trimmed) : split(trimmed, ';').map(filterOfText);
}

/** Filters as text that `filtersOf` reads. */
export function filterText(filters: readonly ReportFilter[]): string {
  return filters
    .map(({ dimension, operator, values }) => {
      const sign = Object.entries(signs).find(
        ([, { one, many }]) => one === operator || many === operator,
      )?.[0];
      return `${dimension}${sign}${values.map(quotedValue).join(',')}`;
    })
    .join(';');
}

function quotedValue(value: string | number): string {
  const text = String(value);
  return /[",;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function filterOfText(text: string): ReportFilter {
  const [, dimension, sign = '', rest = ''] = /^\s*([A-Za-z]\w*)\s*(!\^=|!=|\^=|=)(.*)$/s.exec(text) ?? [];
  const operator = signs[sign];
  if (dimension === undefined || operator === undefined) {
    throw badFilter(
      `${JSON.stringify(text.slice(0, 60))} has none of the forms name=value, name!=value, name^=value, name!^=value`,
    );
  }
  const values = split(rest, ',').map(unquoted);
  return { dimension, operator: values.length === 1 ? operator.one : operator.many, values };
}

/** Splits at a character outside of double quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (quoted) throw badFilter('has a quote that does not end');
  return [...parts, text.slice(start)];
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.includes('"')) return trimmed;
  const inner = /^"((?:[^"]|"")*)"$/.exec(trimmed)?.[1];
  if (inner === undefined) throw badFilter(`has a quote within the value ${trimmed.slice(0, 60)}`);
  return inner.replaceAll('""', '"');
}

function filtersOfJson(text: string): ReportFilter[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badFilter('is not valid JSON');
  }
  return Object.entries(parsed as Record<string, unknown>).flatMap(([dimension, asked]) => {
    if (Array.isArray(asked) || typeof asked !== 'object' || asked === null) {
      return [{ dimension, operator: 'in' as const, values: valuesOf(dimension, asked) }];
    }
    return Object.entries(asked).map(([operator, values]) => {
      if (!(filterOperators as readonly string[]).includes(operator)) {
        const known = filterOperators.join(', ');
        throw badFilter(`"${operator.slice(0, 60)}" is none of ${known}`, [dimension, operator]);
      }
      return { dimension, operator: operator as FilterOperator, values: valuesOf(dimension, values) };
    });
  });
}

function valuesOf(dimension: string, asked: unknown): (string | number)[] {
  const values = Array.isArray(asked) ? asked : [asked];
  if (values.length > 0 && values.every((value) => typeof value === 'string' || typeof value === 'number'))
    return values;
  throw badFilter('has to be a text, a number, or a list of them', [dimension]);
}

function badFilter(message: string, at: readonly string[] = []): AppError {
  const path = ['', 'filter', ...at].join('/');
  return new AppError('invalid_input', `${path} ${message}`, { fields: [{ path, message }] });
}
