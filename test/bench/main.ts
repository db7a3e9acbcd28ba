/**
 * Measures the budgets of docs/performance.md: `npm run bench [-- part …] [--json]`. Ratios against a baseline in the
 * same run; single numbers of a noisy machine mean little.
 */
import { benchConsent } from './consent.ts';
import { benchDelivery } from './delivery.ts';
import { benchReports } from './reports.ts';
import { benchShip } from './ship.ts';
import { benchStart } from './start.ts';
import { benchTag } from './tag.ts';

/** Figures by their key in the budget table. */
export type Figures = Readonly<Record<string, number>>;

/** What stands behind `--<name>=`. */
function option(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const parts: Readonly<Record<string, (print: (line: string) => void) => Promise<Figures>>> = {
  delivery: benchDelivery,
  consent: (print) => benchConsent(print, Number(option('visitors') ?? 1_000_000)),
  ship: benchShip,
  reports: (print) =>
    benchReports({
      print,
      events: Number(option('events') ?? 10_000_000),
      keep: option('keep'),
      withRaw: !process.argv.includes('--no-raw'),
      only: option('only'),
    }),
  tag: benchTag,
  start: benchStart,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const asked = args.filter((arg) => !arg.startsWith('--'));
const unknown = asked.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
const figures: Record<string, number> = {};
for (const [name, run] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`== ${name}`);
  Object.assign(figures, await run((line) => console.log(`   ${line}`)));
}
for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(24)} ${value.toFixed(3)}`);
if (json) console.log(JSON.stringify(figures));
process.exit(0);
