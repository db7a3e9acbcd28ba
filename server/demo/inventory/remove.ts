import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../database/index.ts';

/** A kind of entity and the kind that belongs to it, children before parents. */
const kinds = [
  { table: 'creatives', children: undefined },
  { table: 'line_items', children: { table: 'creatives', column: 'line_item_id' } },
  { table: 'campaigns', children: { table: 'line_items', column: 'campaign_id' } },
  { table: 'advertisers', children: { table: 'campaigns', column: 'advertiser_id' } },
  { table: 'zones', children: undefined },
  { table: 'sites', children: { table: 'zones', column: 'site_id' } },
] as const;

/**
 * Deletes the demo inventory for good, with its images. A demo entity to which something belongs that is not demo
 * stays, and is no demo any more.
 */
export function removeDemoInventory(db: Kysely<Tables>): Promise<{ removed: number; kept: number }> {
  return db.transaction().execute(async (transaction) => {
    const assets = await transaction
      .selectFrom('creatives')
      .select('asset')
      .distinct()
      .where('demo', '=', true)
      .execute();
    let removed = 0;
    let kept = 0;
    for (const kind of kinds) {
      removed += await deleteChildless(transaction, kind);
      const stays = await transaction
        .updateTable(kind.table as 'advertisers')
        .set({ demo: false })
        .where('demo', '=', true)
        .executeTakeFirst();
      kept += Number(stays.numUpdatedRows);
    }
    await deleteUnusedAssets(
      transaction,
      assets.flatMap((row) => row.asset ?? []),
    );
    return { removed, kept };
  });
}

async function deleteChildless(
  transaction: Transaction<Tables>,
  kind: (typeof kinds)[number],
): Promise<number> {
  const { children } = kind;
  let query = transaction.deleteFrom(kind.table as 'campaigns').where('demo', '=', true);
  if (children !== undefined) {
    query = query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(`${children.table} as child` as 'campaigns as child')
            .select('child.id')
            .whereRef(
              `child.${children.column}` as 'child.advertiser_id',
              '=',
              `${kind.table}.id` as 'campaigns.id',
            ),
        ),
      ),
    );
  }
  return Number((await query.executeTakeFirst()).numDeletedRows);
}

async function deleteUnusedAssets(
  transaction: Transaction<Tables>,
  hashes: readonly string[],
): Promise<void> {
  if (hashes.length === 0) return;
  await transaction
    .deleteFrom('assets')
    .where('hash', 'in', hashes)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('creatives')
            .select('creatives.id')
            .where((where) =>
              where.or([
                where('creatives.asset', '=', where.ref('assets.hash')),
                where('creatives.asset_2x', '=', where.ref('assets.hash')),
              ]),
            ),
        ),
      ),
    )
    .execute();
}
