import { z } from 'zod';
import { memberLanguages } from './letters.ts';

const noControls = (text: string) => !/\p{Cc}/u.test(text);
const key = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, 'must be a name of letters, digits, _ and -');
const value = z.union([z.string().max(1000), z.number(), z.boolean()]);
const mostKeys = 50;
const few = (values: object) => Object.keys(values).length <= mostKeys;
const values = z.record(key, value).refine(few, `may have at most ${mostKeys} keys`);
const changes = z.record(key, value.nullable()).refine(few, `may have at most ${mostKeys} keys`);
const language = z.enum(memberLanguages);
const preferences = values.and(z.looseObject({ language: language.optional() }));

export const email = z.email().max(254).meta({ example: 'mei@example.com' });
export const password = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(200)
  .meta({ description: 'At least 12 characters, whichever.' });
export const wording = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'What the member was shown: kept as proof.' });
const name = z.string().trim().min(1).max(200).refine(noControls, 'must not contain control characters');
const given = z.string().max(1000);

export const registerFields = {
  email,
  name: name.nullable().default(null),
  profile: values.default({}),
  preferences: preferences.default({}),
};
export const registerSchema = z.strictObject({
  ...registerFields,
  password,
  news: z.strictObject({ wording }).optional(),
});
export const signInSchema = z.strictObject({ email: z.string().max(254), password: given });
export const changeSchema = z
  .strictObject({
    name: name.nullable(),
    profile: changes,
    preferences: changes.and(z.looseObject({ language: language.optional() })),
  })
  .partial();
export const tokenSchema = z.strictObject({ token: z.string().max(200) });
export const passwordSchema = z.strictObject({ current: given, password });
export const passwordByLinkSchema = z.strictObject({ token: z.string().max(200), password });
export const resetSchema = z.strictObject({ email });
export const addressSchema = z.strictObject({ email, password: given });
export const newsSchema = z.strictObject({ optIn: z.boolean(), wording });
export const eraseSchema = z.strictObject({ password: given });
