import { z } from 'zod';
import { AppError, type FieldProblem } from '../errors.ts';
import { holdsUnstorable } from './body.ts';

/** More problems than this help nobody. */
const maxProblems = 50;
const maxTextLength = 300;

/** Path parameters. @throws AppError `not_found`: an address that cannot be one names nothing. */
export function parseParams(schema: z.ZodObject | undefined, params: object): unknown {
  if (schema === undefined) return {};
  const result = schema.safeParse(params);
  if (!result.success) throw new AppError('not_found', 'There is nothing at this address.');
  return result.data;
}

/**
 * The query string, each name at most once, and none that is not known.
 * @throws AppError `invalid_input`
 */
export function parseQuery(schema: z.ZodObject | undefined, url: string): unknown {
  const start = url.indexOf('?');
  const given: Record<string, string> = Object.create(null);
  const problems: FieldProblem[] = [];
  for (const [name, value] of new URLSearchParams(start < 0 ? '' : url.slice(start))) {
    if (name in given) problems.push({ path: pointer([name]), message: 'is given more than once' });
    if (holdsUnstorable(name) || holdsUnstorable(value)) {
      problems.push({ path: pointer([name]), message: 'holds a character that is not allowed' });
    }
    given[name] = value;
  }
  if (problems.length > 0) throw invalidInput(problems);
  const result = (schema ?? z.object({})).strict().safeParse({ ...given });
  if (!result.success) throw invalidInput(fieldProblems(result.error.issues));
  return result.data;
}

/** @throws AppError `invalid_input` with every problem of the body. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidInput(fieldProblems(result.error.issues));
  return result.data;
}

function invalidInput(problems: readonly FieldProblem[]): AppError {
  const fields = problems.slice(0, maxProblems);
  const first = fields
    .slice(0, 3)
    .map(({ path, message }) => `${path === '' ? 'the input' : path} ${message}`);
  const more = problems.length > first.length ? ` (${problems.length - first.length} more)` : '';
  return new AppError('invalid_input', `The input does not fit: ${first.join('; ')}${more}.`, { fields });
}

/** JSON pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${shorten(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function shorten(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}

/** What is wrong, field by field, out of what Zod found. */
export function fieldProblems(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[] = [],
): FieldProblem[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pointer([...path, key]), message: 'is not known here' }));
    }
    if (issue.code === 'invalid_union') {
      const branch = intendedBranch(issue.errors);
      if (branch !== undefined) return fieldProblems(branch, path);
      return [{ path: pointer(path), message: 'has none of the forms that are allowed' }];
    }
    return [{ path: pointer(path), message: messageOf(issue) }];
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'is required';
  return shorten(issue.message);
}

/** Whether the field is not there at all; Zod says so in the message only. */
function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type') return issue.message.endsWith('received undefined');
  return (
    issue.code === 'invalid_union' &&
    issue.errors.length > 0 &&
    issue.errors.every((branch) => branch.some(isMissing))
  );
}

/** Of a union's alternatives the one that was meant: whose own keys are all known and there. undefined: none is. */
function intendedBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  return branches.find(
    (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 && !isMissing(issue)),
  );
}
