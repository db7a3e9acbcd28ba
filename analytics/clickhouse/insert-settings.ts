import type { Settings } from './sql-text.ts';

/** More rows than any segment can hold: 256 MB of the shortest lines are under three million. */
const allRows = 4_000_000_000;

/**
 * What makes an insert exactly-once, in full: several defaults changed in 26.2, and a server's profile may change
 * any of them.
 *
 * The whole file becomes one block. Then it is applied whole or (but for one part per day) not at all, a line that
 * cannot be parsed leaves nothing behind, and the same bytes always make the same block under the token. Measured:
 * 2,300,000 rows (219 MB) made one part per day, and sending them again made none.
 */
const exactlyOnce: Settings = {
  insert_deduplicate: 1,
  deduplicate_insert: 'enable',
  deduplicate_insert_select: 'force_enable',
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  max_insert_threads: 1,
  max_insert_block_size: allRows,
  max_insert_block_size_bytes: 0,
  min_insert_block_size_rows: allRows,
  min_insert_block_size_bytes: 0,
  min_insert_block_size_rows_for_materialized_views: 0,
  min_insert_block_size_bytes_for_materialized_views: 0,
  use_strict_insert_block_limits: 0,
  materialized_views_ignore_errors: 0,
  parallel_view_processing: 0,
  max_partitions_per_insert_block: 0,
  input_format_parallel_parsing: 1,
  input_format_allow_errors_num: 0,
  input_format_allow_errors_ratio: 0,
  input_format_skip_unknown_fields: 1,
  input_format_defaults_for_omitted_fields: 1,
  input_format_null_as_default: 1,
};

/** Settings that 26.3 may not know yet; without them it behaves as they ask. */
const optional: ReadonlySet<string> = new Set([
  'use_strict_insert_block_limits',
  'max_insert_block_size_bytes',
]);

/**
 * The settings of an insert under a token.
 * @param known names of the settings that the engine has
 */
export function insertSettings(token: string, known: ReadonlySet<string>): Settings {
  const settings: Record<string, string | number> = { insert_deduplication_token: token };
  for (const [name, value] of Object.entries(exactlyOnce)) {
    if (!optional.has(name) || known.has(name)) settings[name] = value;
  }
  return settings;
}
