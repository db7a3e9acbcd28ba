const steps = 6;
const curve = 1.6;

export interface Shades {
  /** From 0, for none, to 6. */
  shadeOf(code: string): number;
  /** The shades that values have, each with the largest value that has it. */
  readonly legend: readonly { readonly shade: number; readonly upTo: number }[];
}

/** By the logarithm, so that a large country leaves the others apart. */
export function shadesOf(values: ReadonlyMap<string, number>): Shades {
  const found = [...values.values()].filter((value) => value > 0);
  const most = Math.max(1, ...found);
  const whole = found.every(Number.isInteger);
  const shadeOfValue = (value: number) =>
    Math.min(steps, Math.max(1, Math.ceil((Math.log1p(value) / Math.log1p(most)) ** curve * steps - 1e-9)));
  const bounds = Array.from({ length: steps }, (_, index) => {
    const bound = Math.expm1(Math.log1p(most) * ((index + 1) / steps) ** (1 / curve));
    return { shade: index + 1, upTo: whole ? Math.floor(bound + 1e-9) : bound };
  });
  return {
    shadeOf: (code) => {
      const value = values.get(code) ?? 0;
      return code === '' || value <= 0 ? 0 : shadeOfValue(value);
    },
    // Of small numbers, there is none for some of the shades.
    legend:
      found.length === 0 ? [] : bounds.filter(({ upTo }, index) => upTo > (bounds[index - 1]?.upTo ?? 0)),
  };
}
