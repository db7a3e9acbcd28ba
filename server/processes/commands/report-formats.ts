/** What `signpost report` prints or writes. */
export const reportFormats = ['table', 'json', 'csv', 'ndjson', 'xlsx', 'parquet'] as const;
export type ReportFormat = (typeof reportFormats)[number];
