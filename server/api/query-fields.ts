import { z } from 'zod';
import type { ZodOpenApiOverrideMetaContext } from 'zod-openapi';

interface IntegerOptions {
  readonly min: number;
  readonly max: number;
  readonly description?: string;
  readonly example?: number;
}

/** A whole number in a query string or path: decimal digits, no sign, no exponent. */
export function integerText({ min, max, description, example }: IntegerOptions) {
  const expected = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
    .meta({
      ...(description === undefined ? {} : { description }),
      ...(example === undefined ? {} : { example }),
      override: ({ jsonSchema }: ZodOpenApiOverrideMetaContext) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: min, maximum: max });
      },
    });
}
