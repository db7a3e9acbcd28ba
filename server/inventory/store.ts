import {
  type Insertable,
  type Kysely,
  type Selectable,
  sql,
  type Transaction,
  type Updateable,
} from 'kysely';
import type { z } from 'zod';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { cursorOf, type ListOptions, listed, listedAfter, listOrder, listPlace } from './listing.ts';
import { type Visible, visibleRows } from './visible.ts';

export type EntityTable =
  | 'advertisers'
  | 'campaigns'
  | 'conversion_actions'
  | 'line_items'
  | 'creatives'
  | 'sites'
  | 'zones'
  | 'interest_categories'
  | 'segments';

export type Row<T extends EntityTable> = Selectable<Tables[T]>;

/** What an entity belongs to. */
export interface ParentLink {
  readonly table: EntityTable;
  readonly word: string;
  readonly column: string;
  readonly property: string;
}

/** One kind of entity: its words, its schemas, and how input becomes columns and rows become output. */
export interface EntityDefinition<T extends EntityTable, Create, Patch, Output> {
  readonly table: T;
  /** In messages, like `line item`. */
  readonly word: string;
  readonly parent: ParentLink | undefined;
  readonly createSchema: z.ZodType<Create>;
  readonly patchSchema: z.ZodType<Patch>;
  readonly outputSchema: z.ZodType<Output>;
  toOutput(row: Row<T>): Output;
  /** May look things up in the transaction. @throws AppError `invalid_input` */
  toInsert(input: Create, transaction: Transaction<Tables>): Promise<Insertable<Tables[T]>>;
  /** Leaves out what does not change. @throws AppError `invalid_input` */
  toUpdate(patch: Patch, current: Row<T>, transaction: Transaction<Tables>): Promise<Updateable<Tables[T]>>;
}

export interface Page<Output> {
  readonly items: Output[];
  /** The `after` of the next page; null: this is the last. */
  readonly next: string | null;
  /** How many there are on all pages. */
  readonly total: number;
}

/** Told of what is there before a change, in its transaction; throws where the change must not be. */
export type Precondition<Output> = (current: Output) => void;

export interface Store<Create, Patch, Output> {
  /** By ascending id, unless it says otherwise. @throws AppError `invalid_input` where `after` is no cursor */
  list(visible: Visible, options: ListOptions): Promise<Page<Output>>;
  /** @throws AppError `not_found`, the same for what does not exist and for what is not visible */
  get(visible: Visible, id: number): Promise<Output>;
  /** @throws AppError `invalid_input` where the parent does not exist, `conflict` where it is archived. */
  create(input: Create, transaction: Transaction<Tables>): Promise<Output>;
  /** @throws AppError `not_found`, `invalid_input`, and what the precondition throws */
  patch(
    id: number,
    patch: Patch,
    precondition?: Precondition<Output>,
    within?: Transaction<Tables>,
  ): Promise<Output>;
  /** Archives; once archived it changes nothing. @throws AppError `not_found`, and what the precondition throws */
  archive(id: number, precondition?: Precondition<Output>): Promise<void>;
}

/** A field of the input that is wrong in the light of what is stored. */
export function fieldError(path: string, message: string): AppError {
  return new AppError('invalid_input', `${path.slice(1)}: ${message}`, { fields: [{ path, message }] });
}

/**
 * The store of one kind of entity. The tables share the columns that are used here, so the queries are written, and
 * checked, for one of them; the definition holds what differs.
 */
export function createStore<T extends EntityTable, Create, Patch, Output>(
  db: Kysely<Tables>,
  definition: EntityDefinition<T, Create, Patch, Output>,
): Store<Create, Patch, Output> {
  const table = definition.table as 'advertisers';
  const output = (row: Row<'advertisers'>) => definition.toOutput(row as unknown as Row<T>);
  const inTransaction = <Result>(
    within: Transaction<Tables> | undefined,
    work: (transaction: Transaction<Tables>) => Promise<Result>,
  ) => (within === undefined ? db.transaction().execute(work) : work(within));
  const missing = (id: number) => new AppError('not_found', `There is no ${definition.word} ${id}.`);
  const locked = async (transaction: Transaction<Tables>, id: number) => {
    const row = await transaction
      .selectFrom(table)
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw missing(id);
    return row;
  };

  return {
    async list(visible, options) {
      const { limit, after, sort } = options;
      const all = db
        .selectFrom(table)
        .where(visibleRows(definition.table, visible))
        .where(listed(definition.table, options));
      const found = await all
        .selectAll()
        .select(listPlace(sort).as('place'))
        .where(listedAfter(after, sort))
        .orderBy(listOrder(sort))
        .limit(limit + 1)
        .execute();
      const { total } = await all
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const rows = found.slice(0, limit);
      const last = found.length > limit ? rows.at(-1) : undefined;
      return {
        items: rows.map(output),
        next: last === undefined ? null : cursorOf(sort, last.place, last.id),
        total: Number(total),
      };
    },

    async get(visible, id) {
      const row = await db
        .selectFrom(table)
        .selectAll()
        .where('id', '=', id)
        .where(visibleRows(definition.table, visible))
        .executeTakeFirst();
      if (row === undefined) throw missing(id);
      return output(row);
    },

    async create(input, transaction) {
      const values = (await definition.toInsert(input, transaction)) as unknown as Insertable<
        Tables['advertisers']
      >;
      if (definition.parent !== undefined) {
        await requireParent(transaction, definition.parent, values);
        await requireFree(transaction, definition.table, definition.parent, values);
      }
      return output(
        await transaction.insertInto(table).values(values).returningAll().executeTakeFirstOrThrow(),
      );
    },

    patch(id, patch, precondition, within) {
      return inTransaction(within, async (transaction) => {
        const current = await locked(transaction, id);
        precondition?.(output(current));
        const changes = (await definition.toUpdate(
          patch,
          current as unknown as Row<T>,
          transaction,
        )) as unknown as Updateable<Tables['advertisers']>;
        if (Object.values(changes).every((value) => value === undefined)) return output(current);
        if (definition.parent !== undefined) {
          await requireFree(transaction, definition.table, definition.parent, {
            ...current,
            ...given(changes),
          });
        }
        const row = await transaction
          .updateTable(table)
          .set({ ...changes, updated_at: new Date() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return output(row);
      });
    },

    archive(id, precondition) {
      return db.transaction().execute(async (transaction) => {
        const current = await locked(transaction, id);
        precondition?.(output(current));
        if (current.status === 'archived') return;
        await transaction
          .updateTable(table)
          .set({ status: 'archived', updated_at: new Date() })
          .where('id', '=', id)
          .execute();
      });
    },
  };
}

async function requireParent(
  transaction: Transaction<Tables>,
  parent: ParentLink,
  values: object,
): Promise<void> {
  const id = Number((values as Readonly<Record<string, unknown>>)[parent.column]);
  const row = await transaction
    .selectFrom(parent.table as 'advertisers')
    .select('status')
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst();
  if (row === undefined) throw fieldError(`/${parent.property}`, `there is no ${parent.word} ${id}`);
  if (row.status === 'archived') {
    throw new AppError('conflict', `The ${parent.word} ${id} is archived. Make it active first.`);
  }
}

const given = (changes: object): object =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/** @throws AppError `invalid_input` where another one of the same parent has the external id */
async function requireFree(
  transaction: Transaction<Tables>,
  table: EntityTable,
  { column }: ParentLink,
  values: object,
): Promise<void> {
  const { external_id, id = 0, [column]: parent } = values as Readonly<Record<string, unknown>>;
  if (typeof external_id !== 'string') return;
  const other = await transaction
    .selectFrom(table as 'campaigns')
    .select('id')
    .where('external_id', '=', external_id)
    .where(sql.ref(column), '=', parent)
    .where('id', '!=', Number(id))
    .executeTakeFirst();
  if (other !== undefined) throw fieldError('/externalId', `is that of number ${other.id}`);
}
