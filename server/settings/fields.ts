import { z } from 'zod';

/** Text, or undefined where there is none. */
export const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === '' ? undefined : value));

/** Text that a function can read; what it says against it is the message. */
export function readableBy(read: (text: string) => unknown) {
  return z.string().superRefine((value, context) => {
    try {
      read(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
}

/** A URL of one of the protocols, like `https:`, or undefined where there is none. */
export function optionalUrl(protocols: readonly string[]) {
  return optionalText.superRefine((value, context) => {
    if (value === undefined) return;
    const fits = protocols.some((protocol) => value.toLowerCase().startsWith(`${protocol}//`));
    if (!fits || !URL.canParse(value)) {
      context.addIssue({
        code: 'custom',
        message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
      });
    }
  });
}
