/** A value that may be bound as `{name:Type}`. */
export type Parameter = string | number | boolean | readonly string[] | readonly number[];
export type Parameters = Readonly<Record<string, Parameter>>;

export type Settings = Readonly<Record<string, string | number>>;

/** A string as a SQL literal. */
export function quoteString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `a = 1, b = 'x'`: what stands behind the word SETTINGS. Names come from our own code only. */
export function settingsList(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? String(value) : quoteString(value)}`)
    .join(', ');
}

/**
 * The statements that bind parameters in a chDB session, to stand before the query in the same text.
 *
 * `queryBindAsync` of the chdb package, which `query_params` leads to, runs one parameterised query at a time in the
 * whole process, whatever the connection: `SELECT {x:UInt8}` waited 2.0 s behind a report's parameters on another
 * connection. `SET param_x` is the engine's own way to the same binding, is kept by the session alone, and does not
 * wait (3 ms beside the same report; 3,000 concurrent queries on two connections, none mixed up).
 */
export function bindStatements(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `SET param_${parameterName(name)} = ${quoteString(parameterText(value))};`)
    .join(' ');
}

function parameterName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`${name} is no parameter name.`);
  return name;
}

/** A parameter's text as ClickHouse reads it: escaped like a field of TabSeparated, strings in arrays quoted. */
function parameterText(value: Parameter): string {
  if (typeof value === 'string') return escapeField(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return numberText(value);
  return `[${value.map((item) => (typeof item === 'number' ? numberText(item) : `'${escapeField(item)}'`)).join(',')}]`;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('A parameter must be a finite number.');
  return String(value);
}

const escapes: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

function escapeField(value: string): string {
  return value.replace(/[\t\n\r'\\]/g, (character) => escapes[character] ?? character);
}
