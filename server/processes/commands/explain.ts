import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';
import { textTable } from './text-table.ts';

/** Each but `format` is a parameter of the API's `/explain`. */
export interface ExplainOptions {
  readonly zone: string;
  readonly format: 'table' | 'json';
  readonly [parameter: string]: string;
}

interface Explanation {
  readonly at: string;
  readonly visitor: Readonly<Record<string, string | number | null>>;
  readonly lineItems: readonly {
    readonly id: number;
    readonly name: string;
    readonly campaign: string;
    readonly type: string;
    readonly share: number;
    readonly reason: string;
  }[];
}

/** Prints why a zone shows what it shows. */
export async function explain(settings: Settings, { format, ...parameters }: ExplainOptions): Promise<void> {
  const path = `/explain?${new URLSearchParams(parameters)}`;
  const text = await withOffice(settings, async (office) => (await office.fetch(path)).text());
  const explained = JSON.parse(text) as Explanation;
  if (format === 'json') process.stdout.write(`${JSON.stringify(explained, null, 2)}\n`);
  else process.stdout.write(readable(parameters['zone'] ?? '', explained));
}

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

function readable(zone: string, { at, visitor, lineItems }: Explanation): string {
  const known = Object.entries(visitor).filter(([, value]) => value !== null && value !== '' && value !== 0);
  const about =
    known.length === 0
      ? 'nothing is known of the visitor'
      : known.map(([key, value]) => `${key} ${value}`).join(', ');
  const rows = lineItems.map(({ id, name, type, share, reason }) => [
    ...[String(id), name, type],
    share === 0 ? '–' : percents.format(share),
    reason,
  ]);
  const table = textTable(['id', 'line item', 'type', 'chance', 'why'], rows, [
    true,
    false,
    false,
    true,
    false,
  ]);
  return `Zone ${zone} at ${at}: ${about}\n\n${table}`;
}
