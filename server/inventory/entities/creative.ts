import type { Transaction } from 'kysely';
import type { CreativeContent, Tables } from '../../database/tables.ts';
import { capsJson } from '../delivery-fields.ts';
import type { Cap } from '../delivery-terms.ts';
import { commonOutput } from '../fields.ts';
import { hasSnippetMacro, namedLinks } from '../macros.ts';
import { type EntityDefinition, fieldError, type Row } from '../store.ts';
import { bundleFacts, checkDouble, imageSize, shownSize } from './creative-files.ts';
import {
  type Creative,
  type CreativeCreate,
  type CreativePatch,
  createSchema,
  fieldsOfType,
  outputSchema,
  patchSchema,
} from './creative-schemas.ts';

export type { Creative, CreativeCreate, CreativePatch } from './creative-schemas.ts';

function toOutput(row: Row<'creatives'>): Creative {
  const { type, width, height, alt, links, content } = row;
  const common = {
    ...commonOutput(row),
    ...{ lineItemId: row.line_item_id, status: row.status, width, height, alt },
    ...{ clickUrl: row.click_url, links, caps: row.caps as Cap[] },
    ...{ externalId: row.external_id, approval: row.approval, approvalNote: row.approval_note },
  };
  const asset = row.asset ?? '';
  const {
    html = '',
    thirdParty = false,
    headline = '',
    text = '',
    title = '',
    body = '',
    sponsor = '',
  } = content;
  switch (type) {
    case 'image':
      return { ...common, type, asset, asset2x: row.asset_2x };
    case 'html5':
      return { ...common, type, asset };
    case 'html':
      return { ...common, type, html, thirdParty };
    case 'text':
      return { ...common, type, headline, text };
    case 'native':
      return { ...common, type, title, body, sponsor, asset: row.asset };
  }
}

interface Values {
  readonly width: number;
  readonly height: number;
  readonly asset?: string | null;
  readonly asset_2x?: string | null;
  readonly content: string;
}

/** These texts are part of the page, which could read what they say. @throws AppError `invalid_input` */
function refuseSnippetMacros(texts: Readonly<Record<string, string>>): void {
  const found = Object.entries(texts).find(([, text]) => hasSnippetMacro(text));
  if (found !== undefined)
    throw fieldError(`/${found[0]}`, "must not have a macro of the advertiser's own values: snippets may");
}

/** Columns that follow from the type. @throws AppError `invalid_input` where the parts do not fit together */
async function valuesOf(input: CreativeCreate, transaction: Transaction<Tables>): Promise<Values> {
  const content = (of: CreativeContent) => JSON.stringify(of);
  const { width, height } = input;
  switch (input.type) {
    case undefined:
    case 'image': {
      const size = shownSize({ width, height }, await imageSize(transaction, input.asset));
      if (input.asset2x !== undefined) await checkDouble(transaction, input.asset2x, size);
      return { ...size, asset: input.asset, asset_2x: input.asset2x ?? null, content: content({}) };
    }
    case 'html5': {
      const { entry, ...size } = await bundleFacts(transaction, input.asset, { width, height });
      return { ...size, asset: input.asset, content: content({ entry }) };
    }
    case 'html': {
      const { html, thirdParty } = input;
      const unknown = namedLinks(html).find((link) => !Object.hasOwn(input.links, link));
      if (unknown !== undefined)
        throw fieldError('/html', `names the link ${unknown}, which is not in links`);
      return { width: input.width, height: input.height, content: content({ html, thirdParty }) };
    }
    case 'text': {
      const { headline, text } = input;
      refuseSnippetMacros({ headline, text });
      return { width: input.width, height: input.height, content: content({ headline, text }) };
    }
    case 'native': {
      const { title, body, sponsor, asset } = input;
      refuseSnippetMacros({ title, body, sponsor });
      if (asset !== undefined) await imageSize(transaction, asset);
      const size = { width: input.width, height: input.height };
      return { ...size, asset: asset ?? null, content: content({ title, body, sponsor }) };
    }
  }
}

/** The creative as one would have to create it, so that a change is checked as a creation is. */
function changed(patch: CreativePatch, current: Row<'creatives'>): CreativeCreate {
  const { type } = current;
  for (const field of Object.values(fieldsOfType).flat()) {
    if (patch[field] !== undefined && !fieldsOfType[type].includes(field)) {
      throw fieldError(`/${field}`, `is nothing that a creative of the type ${type} has`);
    }
  }
  const output = toOutput(current);
  const { id: _, demo: _demo, createdAt: _made, updatedAt: _changed, ...stored } = output;
  const { approval: _approval, approvalNote: _note, ...before } = stored;
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const merged: Record<string, unknown> = { ...before, ...given };
  if (type === 'image' || type === 'html5') {
    // The file says the size, unless the change does: a new file of another shape would not fit the old one.
    const sized = patch.width !== undefined || patch.height !== undefined;
    const refile = patch.asset !== undefined;
    if (sized || refile) {
      merged['width'] = patch.width;
      merged['height'] = patch.height;
    }
  }
  for (const field of ['asset', 'asset2x']) if (merged[field] === null) delete merged[field];
  return merged as CreativeCreate;
}

export const creativeDefinition: EntityDefinition<'creatives', CreativeCreate, CreativePatch, Creative> = {
  table: 'creatives',
  word: 'creative',
  parent: { table: 'line_items', word: 'line item', column: 'line_item_id', property: 'lineItemId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput,
  async toInsert(input, transaction) {
    const { lineItemId, name, status, alt, clickUrl, links, caps, externalId, type = 'image' } = input;
    return {
      ...{ line_item_id: lineItemId, name, status, type, alt, click_url: clickUrl, external_id: externalId },
      links: JSON.stringify(links),
      caps: capsJson(caps),
      ...(await valuesOf(input, transaction)),
    };
  },
  async toUpdate(patch, current, transaction) {
    const { name, status, alt, clickUrl, links, caps, externalId, ...ofType } = patch;
    const next = changed(patch, current);
    const touched = links !== undefined || Object.values(ofType).some((value) => value !== undefined);
    return {
      ...{ name, status, alt, click_url: clickUrl, external_id: externalId },
      links: links === undefined ? undefined : JSON.stringify(links),
      caps: caps === undefined ? undefined : capsJson(caps),
      ...(touched ? await valuesOf(next, transaction) : {}),
    };
  },
};

/** Whether new creatives, and those whose content changes, wait for approval. */
export type ApprovalPolicy = 'off' | 'on';

/** Of a patch, what visitors get to see, or get to by it. */
const contentFields = Object.keys(patchSchema.shape).filter(
  (field) => !['name', 'status', 'caps', 'externalId'].includes(field),
);

/** The same, where somebody has to look at what is new before it is shown. */
export function creativeDefinitionFor(policy: ApprovalPolicy): typeof creativeDefinition {
  if (policy === 'off') return creativeDefinition;
  return {
    ...creativeDefinition,
    toInsert: async (input, transaction) => ({
      ...(await creativeDefinition.toInsert(input, transaction)),
      approval: 'pending',
    }),
    async toUpdate(patch, current, transaction) {
      const changes = await creativeDefinition.toUpdate(patch, current, transaction);
      const seen = contentFields.some((field) => patch[field as keyof CreativePatch] !== undefined);
      return seen ? { ...changes, approval: 'pending', approval_note: '' } : changes;
    },
  };
}
