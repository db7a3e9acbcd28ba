import { z } from 'zod';

/** What a line item can be targeted by, and the form of each value. */
export const targetingDimensions = {
  country: { pattern: /^[A-Z]{2}$/, example: 'TW', what: 'an ISO 3166-1 alpha-2 code in capitals' },
  region: { pattern: /^[A-Z]{2}-[A-Z0-9]{1,3}$/, example: 'DE-BY', what: 'an ISO 3166-2 code in capitals' },
  site: { pattern: /^[1-9]\d{0,9}$/, example: '3', what: "a site's id" },
  zone: { pattern: /^[1-9]\d{0,9}$/, example: '12', what: "a zone's id" },
} as const;
export type TargetingDimension = keyof typeof targetingDimensions;

/**
 * A rule: a leaf names a dimension and the values that are in, or not in; groups combine rules. Unknown is unknown:
 * `in` does not match a value that is not known, `notIn` does.
 */
export type Targeting =
  | { readonly on: TargetingDimension; readonly in: readonly string[] }
  | { readonly on: TargetingDimension; readonly notIn: readonly string[] }
  | { readonly and: readonly Targeting[] }
  | { readonly or: readonly Targeting[] }
  | { readonly not: Targeting };

const on = z.enum(Object.keys(targetingDimensions) as [TargetingDimension, ...TargetingDimension[]]);
const values = z.array(z.string()).min(1).max(1000);

function checkValues(
  rule: { on: TargetingDimension; values: readonly string[] },
  context: z.RefinementCtx,
  key: string,
): void {
  const { pattern, what, example } = targetingDimensions[rule.on];
  rule.values.forEach((value, index) => {
    if (pattern.test(value)) return;
    context.addIssue({
      code: 'custom',
      path: [key, index],
      message: `"${value}" is not ${what}, like ${example}`,
    });
  });
}

const inLeaf = z
  .strictObject({ on, in: values })
  .superRefine((rule, context) => checkValues({ on: rule.on, values: rule.in }, context, 'in'));
const notInLeaf = z
  .strictObject({ on, notIn: values })
  .superRefine((rule, context) => checkValues({ on: rule.on, values: rule.notIn }, context, 'notIn'));

export const targetingSchema: z.ZodType<Targeting> = z
  .lazy(() =>
    z.union([
      inLeaf,
      notInLeaf,
      z.strictObject({ and: z.array(targetingSchema).min(1).max(50) }),
      z.strictObject({ or: z.array(targetingSchema).min(1).max(50) }),
      z.strictObject({ not: targetingSchema }),
    ]),
  )
  .meta({
    id: 'Targeting',
    description: 'A targeting rule: {"on":"region","in":["DE-BY"]}, or and/or/not of rules.',
  });
