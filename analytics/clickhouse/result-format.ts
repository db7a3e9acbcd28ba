import type { ResultFormat } from './handle.ts';
import type { Settings } from './sql-text.ts';

/** ClickHouse's name of a format, and the settings that make its output what `ResultFormat` says. */
export const resultFormats: Readonly<Record<ResultFormat, { name: string; settings: Settings }>> = {
  rows: {
    name: 'JSONCompactEachRowWithProgress',
    settings: { output_format_json_quote_64bit_integers: 0, exact_rows_before_limit: 1 },
  },
  parquet: {
    name: 'Parquet',
    settings: {
      output_format_parquet_string_as_string: 1,
      output_format_parquet_compression_method: 'zstd',
      output_format_parquet_row_group_size: 100_000,
    },
  },
};
