import { eventColumns, eventTypes } from '../events/columns.ts';

type FieldCheck = (value: unknown) => boolean;

const isText: FieldCheck = (value) => typeof value === 'string';
const isWhole =
  (largest: number): FieldCheck =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest;

const checkOfType: Readonly<Record<string, FieldCheck>> = {
  String: isText,
  'Array(String)': (value) => Array.isArray(value) && value.every(isText),
  UInt16: isWhole(0xffff),
  UInt32: isWhole(0xffff_ffff),
  UInt64: isWhole(Number.MAX_SAFE_INTEGER),
};

const checks = new Map<string, FieldCheck>(
  Object.entries(eventColumns).map(([name, column]) => [name, checkOfType[column.line] ?? (() => false)]),
);

const oneOf =
  (values: readonly string[]): FieldCheck =>
  (value) =>
    typeof value === 'string' && values.includes(value);

checks.set('type', oneOf(Object.keys(eventTypes)));
checks.set('visitor_kind', oneOf(['', 'daily', 'cookie']));

/**
 * Whether a log line can be stored: a JSON object with a known type, and each known field of its column's type.
 * Unknown fields are no fault, and neither are missing ones other than `type`.
 */
export function isReadableLine(line: Buffer): boolean {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('type' in value)) return false;
  return Object.entries(value).every(
    ([name, field]) => field === null || (checks.get(name)?.(field) ?? true),
  );
}
