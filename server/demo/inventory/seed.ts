import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import sharp from 'sharp';
import type { Tables } from '../../database/index.ts';
import { type CheckedImage, checkImage, type Targeting } from '../../inventory/index.ts';
import { type DemoLineItem, demoLineItems, demoSizes } from './content.ts';
import { posterSvg } from './scenes.ts';

/** Any number will do, as long as nothing else in the database uses it. */
const seedLock = 7_355_003;
const tables = ['advertisers', 'campaigns', 'line_items', 'creatives', 'sites', 'zones'] as const;

/**
 * Fills an inventory that is wholly empty, and never had demo inventory before, with some: ads for Taiwan, Bavaria,
 * California and everywhere else, and a site with two zones. Says whether it did. Two callers at once make one.
 */
export async function seedDemoInventory(db: Kysely<Tables>): Promise<boolean> {
  if (!(await wanted(db))) return false;
  const images = await Promise.all(
    demoLineItems.map((item) =>
      Promise.all(demoSizes.map(({ width, height }) => drawImage(item, width, height))),
    ),
  );
  return db.transaction().execute(async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(${sql.lit(seedLock)})`.execute(transaction);
    if (!(await wanted(transaction))) return false;
    const site = await insertSite(transaction);
    for (const [index, item] of demoLineItems.entries())
      await insertLineItem(transaction, item, site, images[index] ?? []);
    await transaction.updateTable('installation').set({ demo_seeded_at: new Date() }).execute();
    return true;
  });
}

async function wanted(db: Kysely<Tables>): Promise<boolean> {
  const { demo_seeded_at } = await db
    .selectFrom('installation')
    .select('demo_seeded_at')
    .executeTakeFirstOrThrow();
  if (demo_seeded_at !== null) return false;
  for (const table of tables) {
    if ((await db.selectFrom(table).select('id').limit(1).executeTakeFirst()) !== undefined) return false;
  }
  return true;
}

async function drawImage(item: DemoLineItem, width: number, height: number): Promise<CheckedImage> {
  const svg = posterSvg(item.poster, width, height);
  return checkImage(await sharp(Buffer.from(svg)).png({ compressionLevel: 9 }).toBuffer());
}

async function insertLineItem(
  transaction: Transaction<Tables>,
  item: DemoLineItem,
  site: number,
  images: readonly CheckedImage[],
): Promise<void> {
  // On the demo page alone: a zone of one's own never shows the demo.
  const onSite: Targeting = { on: 'site', in: [String(site)] };
  const targeting = item.targeting === null ? onSite : { and: [item.targeting, onSite] };
  const advertiser = await transaction
    .insertInto('advertisers')
    .values({ name: item.advertiser, demo: true })
    .returning('id')
    .executeTakeFirstOrThrow();
  const campaign = await transaction
    .insertInto('campaigns')
    .values({ name: item.campaign, advertiser_id: advertiser.id, demo: true })
    .returning('id')
    .executeTakeFirstOrThrow();
  const lineItem = await transaction
    .insertInto('line_items')
    .values({
      name: item.name,
      campaign_id: campaign.id,
      type: item.type,
      start_at: null,
      end_at: null,
      targeting: JSON.stringify(targeting),
      demo: true,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { hash, contentType, width, height, bytes } of images) {
    await transaction
      .insertInto('assets')
      .values({ hash, content_type: contentType, width, height, bytes })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
    await transaction
      .insertInto('creatives')
      .values({
        name: `${item.name} ${width}×${height}`,
        line_item_id: lineItem.id,
        asset: hash,
        width,
        height,
        alt: item.alt,
        click_url: item.clickUrl,
        demo: true,
      })
      .execute();
  }
}

async function insertSite(transaction: Transaction<Tables>): Promise<number> {
  const site = await transaction
    .insertInto('sites')
    .values({ name: 'Demo page', domain: '127.0.0.1', demo: true })
    .returning('id')
    .executeTakeFirstOrThrow();
  const values = demoSizes.map(({ name, width, height }) => ({
    name,
    site_id: site.id,
    sizes: JSON.stringify([[width, height]]),
    demo: true,
  }));
  await transaction.insertInto('zones').values(values).execute();
  return site.id;
}
