import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Metric, metrics } from '../../../server/metrics/index.ts';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const text = readFileSync(new URL('../../../docs/grafana-dashboard.json', import.meta.url), 'utf8');
const dashboard = JSON.parse(text) as { panels: readonly Panel[]; templating: { list: readonly object[] } };
const known: Readonly<Record<string, Metric>> = metrics;
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

describe('the Grafana dashboard', () => {
  it.each(expressions)('asks in "%s" for what there is: %s', (_, expression) => {
    const used = [...expression.matchAll(/\b(signpost_\w+)\{([^}]*)\}/g)];
    expect(used.length).toBeGreaterThan(0);
    for (const [, series = '', selectors = ''] of used) {
      const name = known[series] === undefined ? series.replace(/_(bucket|sum|count)$/, '') : series;
      const metric = known[name];
      expect(metric, series).toBeDefined();
      if (series !== name) expect(metric?.type).toBe('histogram');
      const labels: Record<string, readonly string[] | 'jobs'> = { ...metric?.labels };
      for (const [, label = '', sign, value = ''] of selectors.matchAll(/(\w+)(=~?)"([^"]*)"/g)) {
        if (label === 'machine') continue;
        expect(labels[label], `${series}{${label}}`).toBeDefined();
        if (sign === '=' && labels[label] !== 'jobs') expect(labels[label]).toContain(value);
      }
      const grouped = /by \(([^)]*)\)/.exec(expression)?.[1]?.split(', ') ?? [];
      for (const label of grouped)
        expect(['machine', 'le', ...Object.keys(labels)], `by (${label})`).toContain(label);
    }
  });

  it('shows every metric', () => {
    const all = expressions.map(([, expression]) => expression).join('\n');
    for (const name of Object.keys(metrics)) expect(all).toContain(name);
  });

  it('takes counters as rates or increases, and gauges as they are', () => {
    for (const [, expression] of expressions) {
      for (const [, before, name = ''] of expression.matchAll(/(\w+\()?(signpost_\w+)\{/g)) {
        const metric = known[name.replace(/_bucket$/, '')] ?? known[name];
        if (metric?.type === 'gauge') expect(before ?? '').not.toMatch(/rate|increase/);
        else expect(before, expression).toMatch(/^(rate|increase)\($/);
      }
    }
  });
});
