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
import { type Visible, visibleRows } from './visible.ts';

export type EntityTable =
  | 'advertisers'
  | 'campaigns'
  | 'conversion_actions'
  | 'line_items'
  | 'creatives'
  | 'sites'
  | 'zones';

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

export interface ListOptions {
  readonly limit: number;
  /** Only ids greater than this. */
  readonly after?: number | undefined;
  readonly status?: string | undefined;
  readonly parentId?: number | undefined;
}

export interface Store<Create, Patch, Output> {
  /** By ascending id. `next` is the `after` of the next page, or null. */
  list(visible: Visible, options: ListOptions): Promise<{ items: Output[]; next: number | null }>;
  /** @throws AppError `not_found`, the same for what does not exist and for what is not visible */
  get(visible: Visible, id: number): Promise<Output>;
  /** @throws AppError `invalid_input` where the parent does not exist, `conflict` where it is archived. */
  create(input: Create): Promise<Output>;
  /** @throws AppError `not_found`, `invalid_input` */
  patch(id: number, patch: Patch): Promise<Output>;
  /** Archives; once archived it changes nothing. @throws AppError `not_found` */
  archive(id: number): Promise<void>;
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
  const missing = (id: number) => new AppError('not_found', `There is no ${definition.word} ${id}.`);

  return {
    async list(visible, { limit, after, status, parentId }) {
      let query = db
        .selectFrom(table)
        .selectAll()
        .where(visibleRows(definition.table, visible))
        .orderBy('id')
        .limit(limit + 1);
      if (after !== undefined) query = query.where('id', '>', after);
      if (status !== undefined) query = query.where('status', '=', status as 'active');
      if (parentId !== undefined && definition.parent !== undefined) {
        query = query.where(sql.ref(definition.parent.column), '=', parentId);
      }
      const rows = await query.execute();
      const items = rows.slice(0, limit);
      return {
        items: items.map(output),
        next: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
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

    create(input) {
      return db.transaction().execute(async (transaction) => {
        const values = (await definition.toInsert(input, transaction)) as unknown as Insertable<
          Tables['advertisers']
        >;
        if (definition.parent !== undefined) await requireParent(transaction, definition.parent, values);
        return output(
          await transaction.insertInto(table).values(values).returningAll().executeTakeFirstOrThrow(),
        );
      });
    },

    patch(id, patch) {
      return db.transaction().execute(async (transaction) => {
        const current = await transaction
          .selectFrom(table)
          .selectAll()
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (current === undefined) throw missing(id);
        const changes = (await definition.toUpdate(
          patch,
          current as unknown as Row<T>,
          transaction,
        )) as unknown as Updateable<Tables['advertisers']>;
        if (Object.values(changes).every((value) => value === undefined)) return output(current);
        const row = await transaction
          .updateTable(table)
          .set({ ...changes, updated_at: new Date() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return output(row);
      });
    },

    async archive(id) {
      const row = await db.selectFrom(table).select('status').where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw missing(id);
      if (row.status === 'archived') return;
      await db
        .updateTable(table)
        .set({ status: 'archived', updated_at: new Date() })
        .where('id', '=', id)
        .execute();
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
