import { metricOf } from './catalogue.ts';

/** Numbers by series, like `signpost_requests_total{endpoint="ad"}`: what processes and machines tell each other. */
export type Samples = Readonly<Record<string, number>>;

/** @param labels none of their values has quotes, backslashes or line ends: they are names of a closed list */
export function seriesOf(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const list = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return list.length === 0 ? name : `${name}{${list.join(',')}}`;
}

/** The name before the labels, and without the ending of a histogram's series. */
export function metricNameOf(series: string): string {
  const brace = series.indexOf('{');
  const name = brace < 0 ? series : series.slice(0, brace);
  if (metricOf(name) !== undefined) return name;
  return name.replace(/_(bucket|sum|count)$/, '');
}

/** What several processes of a machine say together. Series that the catalogue does not know are left out. */
export function merge(all: readonly Samples[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const samples of all) {
    for (const [series, value] of Object.entries(samples)) {
      const metric = metricOf(metricNameOf(series));
      if (metric === undefined) continue;
      const before = merged[series];
      if (before === undefined) merged[series] = value;
      else if (metric.over === undefined) merged[series] = before + value;
      else merged[series] = metric.over === 'max' ? Math.max(before, value) : Math.min(before, value);
    }
  }
  return merged;
}

/** Only what goes on counting when its process has ended. */
export function sumsAmong(samples: Samples): Record<string, number> {
  const isSum = ([series]: [string, number]) => metricOf(metricNameOf(series))?.type !== 'gauge';
  return Object.fromEntries(Object.entries(samples).filter(isSum));
}

/**
 * Prometheus' text format, version 0.0.4: series grouped by metric, each with its machine. Written by hand, because
 * client libraries keep numbers of their own process and cannot be given a histogram that others have filled.
 */
export function textOf(byMachine: ReadonlyMap<string, Samples>): string {
  const lines = new Map<string, string[]>();
  for (const [machine, samples] of byMachine) {
    const label = `machine="${machine.replaceAll(/["\\\n]/g, '_')}"`;
    for (const [series, value] of Object.entries(samples)) {
      const name = metricNameOf(series);
      if (metricOf(name) === undefined) continue;
      const labelled = series.includes('{') ? series.replace('{', `{${label},`) : `${series}{${label}}`;
      const list = lines.get(name) ?? [];
      list.push(`${labelled} ${value}`);
      lines.set(name, list);
    }
  }
  let text = '';
  for (const [name, list] of lines) {
    const metric = metricOf(name);
    text += `# HELP ${name} ${metric?.help}\n# TYPE ${name} ${metric?.type}\n${list.join('\n')}\n`;
  }
  return text;
}
