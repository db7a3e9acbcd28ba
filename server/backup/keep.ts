/** What of a backup its keeping depends on. */
export interface KeptBackup {
  readonly name: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly base: string | null;
}

/** How many days, weeks and months have a backup: the newest of each. */
export interface KeepScheme {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

const dayMs = 86_400_000;

/**
 * Names of the backups to keep: of each of the last days, weeks (from Monday) and months that have one, in UTC, the
 * newest; and those that one of them needs. The newest of all is always kept.
 */
export function backupsToKeep(backups: readonly KeptBackup[], scheme: KeepScheme): ReadonlySet<string> {
  const newestFirst = [...backups].sort((a, b) => Date.parse(b.madeAt) - Date.parse(a.madeAt));
  const kept = new Set(newestFirst.slice(0, 1).map(({ name }) => name));
  for (const [stretch, count] of [
    [dayOf, scheme.days],
    [weekOf, scheme.weeks],
    [monthOf, scheme.months],
  ] as const) {
    const seen = new Set<string | number>();
    for (const backup of newestFirst) {
      const key = stretch(Date.parse(backup.madeAt));
      if (seen.has(key) || seen.size >= count) continue;
      seen.add(key);
      kept.add(backup.name);
    }
  }
  for (const { name, base } of backups) if (base !== null && kept.has(name)) kept.add(base);
  return kept;
}

const dayOf = (ms: number): number => Math.floor(ms / dayMs);
/** The first of January 1970 was a Thursday. */
const weekOf = (ms: number): number => Math.floor((dayOf(ms) + 3) / 7);
const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);
