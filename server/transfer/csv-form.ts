import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { AppError } from '../errors.ts';
import { type Kind, kinds, type TreeNode } from './campaign-tree.ts';
import type { PlacedNode } from './json-form.ts';

/** Columns by how their cells are read. Of the rest of the fields there is no column. */
const columns = {
  kind: 'text',
  id: 'number',
  externalId: 'text',
  advertiserId: 'number',
  name: 'text',
  status: 'text',
  category: 'text',
  type: 'text',
  weight: 'number',
  startAt: 'text',
  endAt: 'text',
  timeZone: 'text',
  targeting: 'json',
  share: 'number',
  goal: 'json',
  budget: 'json',
  price: 'json',
  pacing: 'text',
  caps: 'json',
  roadblock: 'json',
  asset: 'text',
  asset2x: 'text',
  width: 'number',
  height: 'number',
  alt: 'text',
  clickUrl: 'text',
  links: 'json',
  html: 'text',
  thirdParty: 'json',
  headline: 'text',
  text: 'text',
  title: 'text',
  body: 'text',
  sponsor: 'text',
} as const;
type ColumnName = keyof typeof columns;
const names = Object.keys(columns) as ColumnName[];

/** Stands for null, since an empty cell stands for a field that is not given. */
const nothing = '\\N';
/** What a spreadsheet takes for a formula, with apostrophes that were put in front. */
const formula = /^'*[=+\-@\t\r]/;

/** A line for each campaign, line item and creative; what belongs to something follows it. */
export function treesCsv(trees: readonly TreeNode[]): string {
  return stringify(trees.flatMap(linesOf), { header: true, columns: names, record_delimiter: 'windows' });
}

function linesOf({ kind, fields, children }: TreeNode): Record<string, string>[] {
  const line: Record<string, string> = { kind };
  for (const name of names) if (name in fields) line[name] = cellOf(columns[name], fields[name]);
  return [line, ...children.flatMap(linesOf)];
}

function cellOf(type: 'text' | 'number' | 'json', value: unknown): string {
  if (value === null) return nothing;
  const text = type === 'json' ? JSON.stringify(value) : String(value);
  return type === 'text' && formula.test(text) ? `'${text}` : text;
}

/** @throws AppError `invalid_input` where it is no such table; what is wrong with a cell is found later */
export function readTreesCsv(text: string): PlacedNode[] {
  const lines = records(text);
  const roots: Open[] = [];
  const open: Open[] = [];
  for (const { record, info } of lines) {
    const kind = kinds.find((each) => each === record['kind']?.trim());
    if (kind === undefined) throw wrong(info.lines, 'kind', `must be one of ${kinds.join(', ')}`);
    const depth = kinds.indexOf(kind);
    if (depth > open.length)
      throw wrong(info.lines, 'kind', `must follow the ${kinds[depth - 1]} that it belongs to`);
    const node: Open = {
      kind,
      place: `/lines/${info.lines}`,
      fields: fieldsOf(record, info.lines),
      children: [],
    };
    open.length = depth;
    (depth === 0 ? roots : (open[depth - 1]?.children ?? roots)).push(node);
    open.push(node);
  }
  return roots;
}

interface Open {
  readonly kind: Kind;
  readonly place: string;
  readonly fields: Record<string, unknown>;
  readonly children: Open[];
}

interface Line {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

function records(text: string): Line[] {
  try {
    const known = (header: string[]) => {
      const unknown = header.find((name) => !names.includes(name.trim() as ColumnName));
      if (unknown !== undefined) throw wrong(1, unknown.slice(0, 60), 'is no column that is known here');
      return header.map((name) => name.trim());
    };
    return parse(text, {
      columns: known,
      bom: true,
      info: true,
      skip_empty_lines: true,
    }) as unknown as Line[];
  } catch (error) {
    if (error instanceof AppError) throw error;
    const detail = error instanceof Error ? error.message : 'The table cannot be read.';
    throw new AppError('invalid_input', detail, { cause: error, fields: [{ path: '', message: detail }] });
  }
}

function fieldsOf(record: Record<string, string>, line: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    if (name === 'kind' || cell === '') continue;
    fields[name] = contentOf(name as ColumnName, cell, line);
  }
  return fields;
}

function contentOf(name: ColumnName, cell: string, line: number): unknown {
  if (cell === nothing) return null;
  switch (columns[name]) {
    case 'number':
      // What is no number is left as it is, to be told of with the rest.
      return /^-?\d+(\.\d+)?$/.test(cell.trim()) ? Number(cell) : cell;
    case 'json':
      try {
        return JSON.parse(cell) as unknown;
      } catch {
        throw wrong(line, name, 'must be JSON');
      }
    default:
      return formula.test(cell.slice(1)) && cell.startsWith("'") ? cell.slice(1) : cell;
  }
}

function wrong(line: number, column: string, message: string): AppError {
  const path = `/lines/${line}/${column}`;
  return new AppError('invalid_input', `Line ${line}, ${column}: ${message}.`, {
    fields: [{ path, message }],
  });
}
