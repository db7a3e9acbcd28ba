import { sql, type Transaction } from 'kysely';
import type { z } from 'zod';
import { fieldProblems } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError, type FieldProblem } from '../errors.ts';
import {
  type ApprovalPolicy,
  campaignDefinition,
  createStore,
  creativeDefinitionFor,
  lineItemDefinition,
  type Store,
} from '../inventory/index.ts';
import type { Kind } from './campaign-tree.ts';
import type { PlacedNode } from './json-form.ts';

/** What became of one entity. */
export interface ImportedRow {
  readonly place: string;
  readonly kind: Kind;
  /** null where it cannot be made. */
  readonly id: number | null;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'failed' | 'skipped';
}

export interface Imported {
  readonly rows: readonly ImportedRow[];
  readonly errors: readonly FieldProblem[];
}

interface Level {
  readonly table: 'campaigns' | 'line_items' | 'creatives';
  readonly word: string;
  /** The field that names the parent; of campaigns the input has it. */
  readonly parentField: string;
  readonly parentColumn: string;
  readonly createSchema: z.ZodType<object>;
  readonly patchSchema: z.ZodType<object>;
  readonly store: Store<object, object, object & { readonly id: number }>;
}

/**
 * Makes what is not there and changes what is, so that it is as the input says; what the input does not name stays. An
 * entity is found by its id, else by its external id within its parent. Everything is looked at, also after errors; it
 * is for the caller to undo it all where there are any.
 */
export async function importTrees(
  transaction: Transaction<Tables>,
  roots: readonly PlacedNode[],
  policy: ApprovalPolicy,
): Promise<Imported> {
  const run = new ImportRun(transaction, levelsOf(transaction, policy));
  for (const root of roots) await run.take(root, undefined);
  return { rows: run.rows, errors: run.errors };
}

function levelsOf(transaction: Transaction<Tables>, policy: ApprovalPolicy): Record<Kind, Level> {
  const creativeDefinition = creativeDefinitionFor(policy);
  return {
    campaign: {
      ...{ table: 'campaigns', word: 'campaign', parentField: 'advertiserId', parentColumn: 'advertiser_id' },
      ...{ createSchema: campaignDefinition.createSchema, patchSchema: campaignDefinition.patchSchema },
      store: createStore(transaction, campaignDefinition) as unknown as Level['store'],
    },
    lineItem: {
      ...{ table: 'line_items', word: 'line item', parentField: 'campaignId', parentColumn: 'campaign_id' },
      ...{ createSchema: lineItemDefinition.createSchema, patchSchema: lineItemDefinition.patchSchema },
      store: createStore(transaction, lineItemDefinition) as unknown as Level['store'],
    },
    creative: {
      ...{ table: 'creatives', word: 'creative', parentField: 'lineItemId', parentColumn: 'line_item_id' },
      ...{ createSchema: creativeDefinition.createSchema, patchSchema: creativeDefinition.patchSchema },
      store: createStore(transaction, creativeDefinition) as unknown as Level['store'],
    },
  };
}

class ImportRun {
  readonly rows: ImportedRow[] = [];
  readonly errors: FieldProblem[] = [];
  readonly #transaction: Transaction<Tables>;
  readonly #levels: Record<Kind, Level>;
  readonly #seen = new Set<string>();

  constructor(transaction: Transaction<Tables>, levels: Record<Kind, Level>) {
    this.#transaction = transaction;
    this.#levels = levels;
  }

  /** @param parent its id; null where it could not be made */
  async take(node: PlacedNode, parent: number | null | undefined): Promise<void> {
    const { place, kind } = node;
    let id: number | null = null;
    if (parent === null) this.rows.push({ place, kind, id, outcome: 'skipped' });
    else {
      try {
        const made = await this.#put(node, parent);
        id = made.id;
        this.rows.push({ place, kind, ...made });
      } catch (error) {
        this.errors.push(...problemsOf(error, place));
        this.rows.push({ place, kind, id: null, outcome: 'failed' });
      }
    }
    for (const child of node.children) await this.take(child, id);
  }

  async #put(
    { kind, fields: given }: PlacedNode,
    parent: number | undefined,
  ): Promise<Pick<ImportedRow, 'outcome'> & { id: number }> {
    const level = this.#levels[kind];
    const { id: wanted, ...fields } = given;
    const parentId = parent ?? fields[level.parentField];
    const found = await this.#find(level, wanted, fields['externalId'], parentId);
    if (found === undefined) {
      const input = checked(level.createSchema, { ...withoutNull(fields), [level.parentField]: parentId });
      const { id } = await level.store.create(input, this.#transaction);
      this.#once(level, id);
      return { id, outcome: 'created' };
    }
    this.#once(level, found);
    const { [level.parentField]: named = parentId, type, ...changeable } = fields;
    const current = (await level.store.get('all', found)) as unknown as Readonly<Record<string, unknown>>;
    if (named !== undefined && current[level.parentField] !== named) {
      throw refused(
        `/${level.parentField}`,
        `belongs to ${String(current[level.parentField])}, and cannot change`,
      );
    }
    const isCreative = kind === 'creative';
    if (isCreative && type !== undefined && type !== current['type']) throw refused('/type', 'cannot change');
    const wished = isCreative || type === undefined ? changeable : { ...changeable, type };
    // What is as it is needs no check: an image without a second one says so by null, which no change can.
    const patch = checked(level.patchSchema, differing(wished, current));
    const changes = differing(patch, current);
    if (Object.keys(changes).length === 0) return { id: found, outcome: 'unchanged' };
    await level.store.patch(found, changes, undefined, this.#transaction);
    return { id: found, outcome: 'updated' };
  }

  async #find(level: Level, id: unknown, externalId: unknown, parent: unknown): Promise<number | undefined> {
    const { table, word, parentColumn } = level;
    const rows = this.#transaction.selectFrom(table as 'campaigns').select('id');
    if (id !== undefined && id !== null) {
      const found = Number.isInteger(id) && (await rows.where('id', '=', Number(id)).executeTakeFirst());
      if (!found) throw refused('/id', `there is no ${word} of this id; leave the id out to make a new one`);
      return found.id;
    }
    if (typeof externalId !== 'string' || !Number.isInteger(parent)) return undefined;
    const found = await rows
      .where('external_id', '=', externalId.trim())
      .where(sql.ref(parentColumn), '=', parent)
      .executeTakeFirst();
    return found?.id;
  }

  #once({ table, word }: Level, id: number): void {
    const key = `${table} ${id}`;
    if (this.#seen.has(key)) throw refused('', `the ${word} ${id} is named twice`);
    this.#seen.add(key);
  }
}

/** What is not given is null where it can be. */
const withoutNull = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function refused(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { fields: [{ path, message }] });
}

function checked(schema: z.ZodType<object>, value: object): object {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = fieldProblems(result.error.issues);
  throw new AppError('invalid_input', 'The input does not fit.', { fields });
}

/** Fields of a patch that are not what they are to be. */
function differing(patch: object, current: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(patch).filter(
      ([name, value]) => value !== undefined && canonical(value, name) !== canonical(current[name], name),
    ),
  );
}

/** Alike for values that mean the same: keys in one order, and instants in one form. */
function canonical(value: unknown, name: string): string {
  if ((name === 'startAt' || name === 'endAt') && typeof value === 'string') return String(Date.parse(value));
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** @throws what is no fault of the input */
function problemsOf(error: unknown, place: string): FieldProblem[] {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  if (error.fields.length === 0) return [{ path: place, message: error.message }];
  return error.fields.map(({ path, message }) => ({ path: `${place}${path}`, message }));
}
