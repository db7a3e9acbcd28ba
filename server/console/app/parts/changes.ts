/** The fields that are not as they were. */
export function changesOf<T extends object>(before: T, now: T): Partial<T> {
  const changed = Object.entries(now).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, field)),
  );
  return Object.fromEntries(changed) as Partial<T>;
}
