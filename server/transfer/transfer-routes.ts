import type { Kysely } from 'kysely';
import { z } from 'zod';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { type ApprovalPolicy, maxId } from '../inventory/index.ts';
import { mostNodes, readTrees } from './campaign-tree.ts';
import { readTreesCsv, treesCsv } from './csv-form.ts';
import { type Imported, importTrees } from './import-trees.ts';
import { type PlacedNode, readTreesJson, treesJson } from './json-form.ts';

const maxBytes = 16 * 1024 * 1024;
/** More problems than this help nobody. */
const maxProblems = 50;

const idList = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10})*$/, 'must be ids with commas between')
  .transform((text) => text.split(',').map(Number))
  .refine(
    (ids) => ids.length <= 1000 && ids.every((id) => id >= 1 && id <= maxId),
    'must be at most 1000 ids',
  )
  .meta({
    description: 'Campaigns, with commas between. Default: all.',
    example: '3,4',
    override: { type: 'string' },
  });

const count = z.int();
const resultSchema = z
  .object({
    applied: z
      .boolean()
      .meta({ description: 'Whether it was done; not in a dry run, nor where there are errors.' }),
    ...{ created: count, updated: count, unchanged: count },
    rows: z.array(
      z.object({
        place: z.string().meta({ description: 'JSON pointer into the input; of CSV /lines/ and the line.' }),
        kind: z.enum(['campaign', 'lineItem', 'creative']),
        id: z.int().nullable(),
        outcome: z.enum(['created', 'updated', 'unchanged', 'failed', 'skipped']).meta({
          description: 'skipped: what it belongs to failed.',
        }),
      }),
    ),
    errors: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'CampaignImport' });

const example = { campaigns: [{ externalId: 'CRM-1', advertiserId: 3, name: 'Summer', lineItems: [] }] };

export interface TransferParts {
  readonly db: Kysely<Tables>;
  readonly approval: ApprovalPolicy;
  inventoryChanged(): void;
}

/** Undoes the transaction of a dry run, or of an import with errors. */
class Undone extends Error {
  readonly imported: Imported;

  constructor(imported: Imported) {
    super('undone');
    this.imported = imported;
  }
}

/** Campaigns with all that belongs to them, out and in. */
export function transferRoutes({ db, approval, inventoryChanged }: TransferParts): Route[] {
  const tag = 'Campaigns';
  return [
    defineRoute({
      ...{ method: 'get', path: '/campaign-export', tag, operationId: 'exportCampaigns' },
      summary: 'Export campaigns',
      description: `With their line items and creatives, but for what is archived, and without the files of creatives; at most ${mostNodes} in all.`,
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all', advertiser: 'own' } },
      query: z.object({
        ids: idList.optional(),
        advertiserId: integerText({
          min: 1,
          max: maxId,
          description: 'Only those of this advertiser.',
        }).optional(),
        format: z.enum(['json', 'csv']).default('json'),
      }),
      answer: {
        ...{ status: 200, description: 'What an import takes.' },
        schema: z
          .object({ campaigns: z.array(z.record(z.string(), z.unknown())) })
          .meta({ id: 'CampaignTrees', example }),
        also: {
          'text/csv': { example: 'kind,id,externalId,advertiserId,name\r\ncampaign,5,CRM-1,3,Summer\r\n' },
        },
      },
      async handle({ who, query: { format, ...scope } }) {
        const trees = await readTrees(db, who.visible, scope);
        if (trees === undefined) {
          const message = `There are more than ${mostNodes} of them: choose fewer campaigns.`;
          throw new AppError('invalid_input', message, { fields: [{ path: '/ids', message }] });
        }
        const [type, text] =
          format === 'csv'
            ? (['text/csv', treesCsv(trees)] as const)
            : (['application/json', treesJson(trees)] as const);
        return reply.stream(`${type}; charset=utf-8`, chunks(text), {
          'Content-Disposition': `attachment; filename="campaigns.${format}"`,
        });
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/campaign-import', tag, operationId: 'importCampaigns' },
      summary: 'Import campaigns',
      description:
        'All of it or nothing. What has an id, or an external id that its parent knows, is changed where it differs; the rest is made. What is not named stays. Files of creatives have to be uploaded before. A dry run tells what would happen.',
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
      query: z.object({
        dryRun: z
          .enum(['0', '1'])
          .default('0')
          .meta({ override: { default: '0' } }),
      }),
      body: {
        kind: 'raw' as const,
        contentTypes: ['application/json', 'text/csv'],
        description: `As exported, in UTF-8; at most ${maxBytes} bytes and ${mostNodes} entities.`,
        maxBytes,
      },
      once: true,
      errors: ['malformed_json', 'invalid_input'],
      answer: { status: 200, description: 'What was done, or would be.', schema: resultSchema },
      async handle({ request, body, query: { dryRun }, once }) {
        const roots = parsed(request.headers['content-type'] ?? '', body);
        try {
          const done = await once(async (transaction) => {
            const imported = await importTrees(transaction, roots, approval);
            if (dryRun === '1' || imported.errors.length > 0) throw new Undone(imported);
            return { value: shown(imported, true), headers: {} };
          });
          inventoryChanged();
          return done;
        } catch (error) {
          if (!(error instanceof Undone)) throw error;
          if (dryRun === '1') return reply.value(shown(error.imported, false));
          throw refusal(error.imported);
        }
      },
    }),
  ];
}

async function* chunks(text: string): AsyncGenerator<string> {
  yield text;
}

function parsed(contentType: string, body: Buffer): PlacedNode[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new AppError('invalid_input', 'The body is not valid UTF-8.', { cause: error });
  }
  if (text.includes('\0') || /\\u0000/i.test(text)) {
    throw new AppError('invalid_input', 'The body has a NUL character.');
  }
  const isCsv = /^\s*text\/csv\b/i.test(contentType);
  if (!isCsv && !/^\s*application\/json\b/i.test(contentType)) {
    throw new AppError('unsupported_type', 'The body must be application/json or text/csv.');
  }
  const roots = isCsv ? readTreesCsv(text) : readTreesJson(text);
  const size = (node: PlacedNode): number => node.children.reduce((sum, child) => sum + size(child), 1);
  if (roots.reduce((sum, root) => sum + size(root), 0) > mostNodes) {
    throw new AppError('invalid_input', `There are more than ${mostNodes} entities: import them in parts.`);
  }
  return roots;
}

function shown({ rows, errors }: Imported, applied: boolean): z.input<typeof resultSchema> {
  const of = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  return {
    ...{ applied, created: of('created'), updated: of('updated'), unchanged: of('unchanged') },
    rows: rows.map((row) => ({ ...row, id: applied || row.outcome !== 'created' ? row.id : null })),
    errors: [...errors],
  };
}

function refusal({ errors }: Imported): AppError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (${errors.length - 1} more)` : '';
  const detail = `Nothing was imported: ${first?.path ?? ''} ${first?.message ?? ''}${more}.`;
  return new AppError('invalid_input', detail, { fields: errors.slice(0, maxProblems) });
}
