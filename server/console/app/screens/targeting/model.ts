import type { components } from '../../api/schema.d.ts';

export type Targeting = components['schemas']['Targeting'];
export type ListDimension = Extract<
  Targeting,
  { on: 'country'; in: string[] } | { on: string; in: string[] }
>['on'];

/** A leaf while it is being filled in: a list may be empty, a number missing. */
export type Leaf =
  | {
      readonly on: ListDimension;
      readonly key?: string;
      readonly not: boolean;
      readonly values: readonly string[];
    }
  | {
      readonly on: 'browserVersion' | 'osVersion';
      readonly of: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly on: 'radius';
      readonly latitude: number | '';
      readonly longitude: number | '';
      readonly km: number | '';
    }
  | {
      readonly on: 'schedule';
      readonly weekdays: readonly Weekday[];
      readonly hours: readonly number[];
      readonly clock: string;
    }
  | { readonly on: 'dates'; readonly from: string; readonly to: string };

export type Dimension = Leaf['on'];
export type LeafOf<D extends Dimension> = Extract<Leaf, { on: D }>;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** How the parts of a group have to hold. */
export const modes = ['all', 'any', 'none', 'notAll'] as const;
export type Mode = (typeof modes)[number];

export interface Condition {
  readonly kind: 'condition';
  readonly id: number;
  readonly leaf: Leaf;
}

export interface Group {
  readonly kind: 'group';
  readonly id: number;
  readonly mode: Mode;
  readonly parts: readonly Part[];
}

export type Part = Condition | Group;

let ids = 0;
const nextId = () => ++ids;

export const groupOf = (mode: Mode, parts: readonly Part[]): Group => ({
  kind: 'group',
  id: nextId(),
  mode,
  parts,
});
export const conditionOf = (leaf: Leaf): Condition => ({ kind: 'condition', id: nextId(), leaf });

/** A leaf with nothing filled in. */
export function emptyLeaf(on: Dimension): Leaf {
  switch (on) {
    case 'browserVersion':
    case 'osVersion':
      return { on, of: '', from: '', to: '' };
    case 'radius':
      return { on, latitude: '', longitude: '', km: 50 };
    case 'schedule':
      return { on, weekdays: [], hours: [], clock: 'visitor' };
    case 'dates':
      return { on, from: '', to: '' };
    case 'keyValue':
      return { on, key: '', not: false, values: [] };
    default:
      return { on, not: false, values: [] };
  }
}

/** The rule as a group of which all parts have to hold; null is everybody. */
export function groupFrom(rule: Targeting | null): Group {
  if (rule === null) return groupOf('all', []);
  const part = partFrom(rule);
  return part.kind === 'group' && part.mode === 'all' ? part : groupOf('all', [part]);
}

function partFrom(rule: Targeting): Part {
  if ('and' in rule) return groupOf('all', rule.and.map(partFrom));
  if ('or' in rule) return groupOf('any', rule.or.map(partFrom));
  if (!('not' in rule)) return conditionOf(leafFrom(rule));
  const inner = rule.not;
  if ('or' in inner) return groupOf('none', inner.or.map(partFrom));
  if ('and' in inner) return groupOf('notAll', inner.and.map(partFrom));
  return groupOf('none', [partFrom(inner)]);
}

type RuleLeaf = Exclude<Targeting, { and: unknown } | { or: unknown } | { not: unknown }>;

function leafFrom(rule: RuleLeaf): Leaf {
  switch (rule.on) {
    case 'browserVersion':
    case 'osVersion':
      return { on: rule.on, of: rule.of, from: rule.from ?? '', to: rule.to ?? '' };
    case 'radius':
      return rule;
    case 'schedule':
      return { on: 'schedule', weekdays: rule.weekdays ?? [], hours: rule.hours ?? [], clock: rule.clock };
    case 'dates':
      return { on: 'dates', from: rule.from ?? '', to: rule.to ?? '' };
    default: {
      const not = 'notIn' in rule;
      const key = 'key' in rule ? { key: rule.key } : {};
      return { on: rule.on as ListDimension, ...key, not, values: 'notIn' in rule ? rule.notIn : rule.in };
    }
  }
}

/** The rule of what is filled in; what is not complete is left out. Null: everybody. */
export function ruleOf(group: Group): Targeting | null {
  const rules = group.parts.flatMap((part): Targeting[] => {
    const rule = part.kind === 'group' ? ruleOf(part) : ruleOfLeaf(part.leaf);
    return rule === null ? [] : [rule];
  });
  const [first] = rules;
  if (first === undefined) return null;
  switch (group.mode) {
    case 'all':
      return rules.length === 1 ? first : { and: rules };
    case 'any':
      return rules.length === 1 ? first : { or: rules };
    case 'none':
      return { not: rules.length === 1 ? first : { or: rules } };
    case 'notAll':
      return { not: rules.length === 1 ? first : { and: rules } };
  }
}

/** Null: it is not complete. */
function ruleOfLeaf(leaf: Leaf): Targeting | null {
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion': {
      const { on, of, from, to } = leaf;
      if (of === '' || (from === '' && to === '')) return null;
      return { on, of, ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
    }
    case 'radius': {
      const { on, latitude, longitude, km } = leaf;
      return latitude === '' || longitude === '' || km === '' ? null : { on, latitude, longitude, km };
    }
    case 'schedule': {
      const { on, clock } = leaf;
      if (leaf.weekdays.length === 0 && leaf.hours.length === 0) return null;
      return {
        ...{ on, clock },
        ...(leaf.weekdays.length === 0 ? {} : { weekdays: [...leaf.weekdays] }),
        ...(leaf.hours.length === 0 ? {} : { hours: [...leaf.hours] }),
      };
    }
    case 'dates': {
      const { on, from, to } = leaf;
      if (from === '' && to === '') return null;
      return { on, ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
    }
    default: {
      const { on, key, not } = leaf;
      const values = [...leaf.values];
      if (values.length === 0 || key === '') return null;
      return {
        on,
        ...(key === undefined ? {} : { key }),
        ...(not ? { notIn: values } : { in: values }),
      } as Targeting;
    }
  }
}

/** How many conditions are not complete, and so are left out. */
export function incompleteIn(group: Group): number {
  return group.parts.reduce(
    (sum, part) =>
      sum + (part.kind === 'group' ? incompleteIn(part) : ruleOfLeaf(part.leaf) === null ? 1 : 0),
    0,
  );
}
