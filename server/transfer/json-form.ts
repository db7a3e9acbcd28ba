import { AppError } from '../errors.ts';
import type { Kind, TreeNode } from './campaign-tree.ts';

/** Under which name the children of a kind stand. */
const childrenOf: Readonly<Record<Kind, { readonly name: string; readonly kind: Kind } | undefined>> = {
  campaign: { name: 'lineItems', kind: 'lineItem' },
  lineItem: { name: 'creatives', kind: 'creative' },
  creative: undefined,
};

export function treesJson(trees: readonly TreeNode[]): string {
  return `${JSON.stringify({ campaigns: trees.map(plain) }, null, 2)}\n`;
}

function plain({ kind, fields, children }: TreeNode): object {
  const below = childrenOf[kind];
  return below === undefined ? fields : { ...fields, [below.name]: children.map(plain) };
}

/** A node, with where it stands in the input: a JSON pointer, or a line of a CSV file. */
export interface PlacedNode extends Omit<TreeNode, 'children'> {
  readonly place: string;
  readonly children: readonly PlacedNode[];
}

/** @throws AppError `malformed_json`, `invalid_input` */
export function readTreesJson(text: string): PlacedNode[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('malformed_json', 'The body is not valid JSON.', { cause: error });
  }
  return listed(isRecord(value) ? value['campaigns'] : undefined, 'campaign', '/campaigns');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function listed(value: unknown, kind: Kind, place: string): PlacedNode[] {
  if (!Array.isArray(value)) throw misplaced(place, 'must be a list');
  return value.map((item: unknown, index) => {
    const own = `${place}/${index}`;
    if (!isRecord(item)) throw misplaced(own, 'must be an object');
    const below = childrenOf[kind];
    if (below === undefined) return { kind, place: own, fields: item, children: [] };
    const { [below.name]: children = [], ...fields } = item;
    return { kind, place: own, fields, children: listed(children, below.kind, `${own}/${below.name}`) };
  });
}

function misplaced(path: string, message: string): AppError {
  return new AppError('invalid_input', `${path} ${message}.`, { fields: [{ path, message }] });
}
