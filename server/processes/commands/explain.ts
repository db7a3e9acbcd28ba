import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';
import { textTable } from './text-table.ts';

/** Each but `format` is a parameter of the API's `/explain`. */
export interface ExplainOptions {
  readonly zone: string;
  readonly format: 'table' | 'json';
  readonly [parameter: string]: string;
}

interface Amount {
  readonly metric?: string;
  readonly per: 'flight' | 'day';
  readonly amount: number;
  readonly delivered: number;
  readonly planned: number | null;
  readonly state: string;
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
    readonly pacing: {
      readonly goal: Amount | null;
      readonly budget: Amount | null;
      readonly leased: number;
      readonly leasable: number;
      readonly needSeconds: number | null;
    } | null;
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
  return `Zone ${zone} at ${at}: ${about}\n\n${table}${pacingTable(lineItems)}`;
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** How goals and budgets stand; empty where there are none. Amounts are events, or units of money. */
function pacingTable(lineItems: Explanation['lineItems']): string {
  const rows = lineItems.flatMap(({ id, name, pacing }) => {
    if (pacing === null) return [];
    const { goal, budget, leased, leasable, needSeconds } = pacing;
    const need = needSeconds === null ? '–' : numbers.format(needSeconds);
    const shares = [numbers.format(leased), numbers.format(leasable), need];
    return [
      ...(goal === null ? [] : [[String(id), name, ...amountCells(goal, goal.metric ?? '', 1), ...shares]]),
      ...(budget === null ? [] : [[String(id), name, ...amountCells(budget, 'money', 1_000_000), ...shares]]),
    ];
  });
  if (rows.length === 0) return '';
  const heads = [
    'id',
    'line item',
    'of',
    'amount',
    'delivered',
    'planned',
    'state',
    'leased',
    'more',
    'need (s)',
  ];
  const right = heads.map((head) => !['line item', 'of', 'state'].includes(head));
  return `\n${textTable(heads, rows, right)}`;
}

function amountCells(
  { per, amount, delivered, planned, state }: Amount,
  what: string,
  unit: number,
): string[] {
  const shown = (value: number) => numbers.format(value / unit);
  const of = per === 'day' ? `${what} a day` : what;
  return [
    of,
    shown(amount),
    shown(delivered),
    planned === null ? '–' : shown(planned),
    state.replaceAll('_', ' '),
  ];
}
