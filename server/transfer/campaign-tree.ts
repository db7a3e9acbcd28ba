import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import {
  campaignDefinition,
  createStore,
  creativeDefinition,
  lineItemDefinition,
  type Visible,
} from '../inventory/index.ts';

/** Levels of a campaign's tree, from the top. */
export const kinds = ['campaign', 'lineItem', 'creative'] as const;
export type Kind = (typeof kinds)[number];

/** A campaign, line item or creative with the fields that can be given when it is made, and its id where it has one. */
export interface TreeNode {
  readonly kind: Kind;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly children: readonly TreeNode[];
}

/** What only the server says, and what says where something belongs to. */
const notGiven = new Set([
  'demo',
  'createdAt',
  'updatedAt',
  'approval',
  'approvalNote',
  'campaignId',
  'lineItemId',
]);

const fieldsOf = (output: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(output).filter(([name]) => !notGiven.has(name)));

export interface ExportScope {
  readonly ids?: readonly number[] | undefined;
  readonly advertiserId?: number | undefined;
}

/** Most entities of one export or import. */
export const mostNodes = 10_000;
const pageSize = 1000;

/** Campaigns with all that belongs to them, but for what is archived; undefined where there is more than fits. */
export async function readTrees(
  db: Kysely<Tables>,
  visible: Visible,
  { ids, advertiserId }: ExportScope,
): Promise<TreeNode[] | undefined> {
  const live = { statuses: ['active', 'paused'] };
  const campaigns = createStore(db, campaignDefinition);
  const lineItems = createStore(db, lineItemDefinition);
  const creatives = createStore(db, creativeDefinition);
  let left = mostNodes;
  const all = async <Output>(
    list: (after: string | undefined) => Promise<{ items: Output[]; next: string | null }>,
  ): Promise<Output[]> => {
    const found: Output[] = [];
    for (let after: string | undefined | null; after !== null && left >= 0; ) {
      const page = await list(after);
      found.push(...page.items);
      left -= page.items.length;
      after = page.next;
    }
    return found;
  };
  const trees: TreeNode[] = [];
  const roots = await all((after) =>
    campaigns.list(visible, { limit: pageSize, after, ids, within: { advertiserId }, ...live }),
  );
  for (const campaign of roots) {
    const within = { campaignId: campaign.id };
    const items = await all((after) => lineItems.list(visible, { limit: pageSize, after, within, ...live }));
    const shown = await all((after) => creatives.list(visible, { limit: pageSize, after, within, ...live }));
    const children = items.map(
      (item): TreeNode => ({
        ...{ kind: 'lineItem', fields: fieldsOf(item) },
        children: shown
          .filter(({ lineItemId }) => lineItemId === item.id)
          .map((creative) => ({ kind: 'creative', fields: fieldsOf(creative), children: [] })),
      }),
    );
    trees.push({ kind: 'campaign', fields: fieldsOf(campaign), children });
    if (left < 0) return undefined;
  }
  return trees;
}
