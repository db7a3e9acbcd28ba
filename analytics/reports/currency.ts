import type { ReportColumn } from './report.ts';

/** Whether a column is in the account's currency; values of conversions are in those of their conversion actions. */
export const isMoney = ({ name, type }: Pick<ReportColumn, 'name' | 'type'>): boolean =>
  type === 'micros' && !name.startsWith('conversionValue');

/** The last one of files that have money. */
export const currencyColumn: ReportColumn = {
  ...{ name: 'currency', kind: 'dimension', label: 'Currency', type: 'text' },
  definition: 'Of money, ISO 4217; values of conversions are in the currencies of their conversion actions.',
};
