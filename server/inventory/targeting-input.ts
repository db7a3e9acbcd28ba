import type { z } from 'zod';
import type { FieldProblem } from '../errors.ts';
import { countryCodes } from './countries.ts';
import {
  type ListLeaf,
  type Targeting,
  type TargetingDimension,
  type TargetingLeaf,
  targetingSchema,
} from './targeting.ts';

/** Codes that have the right form and name no country; `path` is a JSON pointer from the rule on. */
function unknownCountries(rule: Targeting, path: readonly (string | number)[]): FieldPath[] {
  if ('and' in rule)
    return rule.and.flatMap((part, index) => unknownCountries(part, [...path, 'and', index]));
  if ('or' in rule) return rule.or.flatMap((part, index) => unknownCountries(part, [...path, 'or', index]));
  if ('not' in rule) return unknownCountries(rule.not, [...path, 'not']);
  if (!isPlace(rule)) return [];
  const [key, values] = 'in' in rule ? (['in', rule.in] as const) : (['notIn', rule.notIn] as const);
  return values.flatMap((value, index) => {
    const country = value.slice(0, 2);
    if (countryCodes.has(country)) return [];
    return [{ path: [...path, key, index], message: `"${country}" is not the code of a country` }];
  });
}

type PlaceLeaf = Extract<ListLeaf, { on: TargetingDimension }>;

/** Whether the values begin with the code of a country. */
function isPlace(leaf: TargetingLeaf): leaf is PlaceLeaf {
  return leaf.on === 'country' || leaf.on === 'region' || leaf.on === 'city' || leaf.on === 'postalCode';
}

type FieldPath = Omit<FieldProblem, 'path'> & { readonly path: (string | number)[] };

/** A targeting rule as it comes in: well-formed, and its countries exist. */
export const targetingInput: z.ZodType<Targeting> = targetingSchema.superRefine((rule, context) => {
  for (const { path, message } of unknownCountries(rule, [])) {
    context.addIssue({ code: 'custom', path, message });
  }
});
