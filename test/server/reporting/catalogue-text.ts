import type { ReportColumn, ReportDescription } from '../../../analytics/index.ts';

/** The catalogue of reports as Markdown, as `docs/report-catalogue.md` has it. */
export function catalogueText(reports: readonly ReportDescription[]): string {
  return [
    '# Reports: every dimension and metric',
    '',
    'Made from the code; `GET /api/v1/reports` has the same. What the types are, and all else: [reports](reports.md).',
    ...reports.flatMap(({ name, title, description, dimensions, metrics }) => [
      '',
      `## ${name}`,
      '',
      `${title}. ${description}`,
      '',
      '| dimension | type | definition |',
      '|---|---|---|',
      ...dimensions.map(row),
      '',
      '| metric | type | definition |',
      '|---|---|---|',
      ...metrics.map(row),
    ]),
    '',
  ].join('\n');
}

function row({ name, type, definition }: ReportColumn): string {
  return `| \`${name}\` | ${type} | ${definition.replaceAll('|', '\\|')} |`;
}
