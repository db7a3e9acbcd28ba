import { z } from 'zod';
import {
  AnalyticsError,
  type ClickHouse,
  type InvalidReason,
  invalidReasonNames,
  invalidReasons,
  makeReversal,
  notCountedReasons,
  type Reversal,
  reversalChanges,
  reversalsOf,
  undoReversal,
} from '../../analytics/index.ts';
import { maskedNetwork, parseAddress } from '../../geo-db/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { AppError } from '../errors.ts';

const reasonName = z
  .enum(invalidReasonNames as [InvalidReason, ...InvalidReason[]])
  .meta({ example: 'data_center' });
const reason = z
  .object({
    name: z.string().meta({ example: 'bot' }),
    class: z.enum(['GIVT', 'SIVT']).nullable().meta({
      description: "The MRC's class of invalid traffic; null: not counted, but not invalid either.",
    }),
    definition: z.string(),
  })
  .meta({ id: 'InvalidTrafficReason' });

const whole = z.int().min(1).max(0xffff_ffff);
const instant = z.iso.datetime({ offset: true }).refine((text) => {
  const ms = Date.parse(text);
  return ms >= 0 && ms <= Date.UTC(2100, 0);
}, 'must be a time between the years 1970 and 2100');
const network = z
  .string()
  .max(60)
  .refine(
    (text) => maskedForm(text) !== undefined,
    'must be a network as the report has it, like 192.0.2.0/24',
  )
  .overwrite((text) => maskedForm(text) ?? text)
  .meta({ example: '192.0.2.0/24' });

const scope = {
  reason: reasonName,
  from: instant.meta({
    description: 'First instant; by the time of the events.',
    example: '2026-11-01T00:00:00Z',
  }),
  to: instant.meta({
    description: 'First instant that it does not hold for.',
    example: '2026-11-08T00:00:00Z',
  }),
  site: whole.optional().meta({ description: 'Only events of this site.' }),
  lineItem: whole.optional().meta({ description: 'Only events of this line item.' }),
  network: network.optional().meta({ description: 'Only events of this network, as the report has it.' }),
  asn: whole.optional().meta({ description: 'Only events of this autonomous system.' }),
  note: z.string().trim().min(1).max(500).meta({ description: 'Why; for people.', example: 'Our own VPN.' }),
};

const create = z
  .strictObject(scope)
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be later than from',
  })
  .meta({ id: 'TrafficReversalCreate' });
const output = z
  .object({
    id: z.int(),
    ...scope,
    site: whole.nullable(),
    lineItem: whole.nullable(),
    network: z.string().nullable(),
    asn: whole.nullable(),
    madeAt: z.string(),
    undoneAt: z.string().nullable().meta({ description: 'null while it holds.' }),
  })
  .meta({ id: 'TrafficReversal' });
const params = z.object({ id: integerText({ min: 1, max: Number.MAX_SAFE_INTEGER, example: 71_536_183 }) });

/** More than this at once would make every report slow; widen or undo some. */
const mostHolding = 1000;

/** The part of the API that says what invalid traffic is, and takes reasons back. The ledger itself is a report. */
export function invalidTrafficRoutes(clickhouse: ClickHouse, now: () => number = Date.now): Route[] {
  const access = { area: 'reports', roles: { admin: 'all', adops: 'all' } } as const;
  const common = { tag: 'Invalid traffic', access };
  const errors = ['clickhouse_unavailable'] as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      path: '/invalid-traffic/reasons',
      operationId: 'listInvalidTrafficReasons',
      summary: 'Why events are kept and not counted',
      answer: { status: 200, description: 'The closed list.', schema: z.object({ items: z.array(reason) }) },
      handle: () => reply.value({ items: reasons }),
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: '/invalid-traffic/reversals',
      operationId: 'listTrafficReversals',
      summary: 'List reversals',
      description: 'All that were ever made, the oldest first, also those that were undone.',
      errors,
      answer: { status: 200, description: 'The reversals.', schema: z.object({ items: z.array(output) }) },
      handle: async () =>
        reply.value({ items: reversalsOf(await asked(reversalChanges(clickhouse))).map(shown) }),
    }),
    defineRoute({
      ...common,
      method: 'post',
      path: '/invalid-traffic/reversals',
      operationId: 'reverseInvalidTraffic',
      summary: 'Take a reason back',
      description:
        'The reason is no longer held against these events; where no other is, they count, in every report at once. ' +
        'The events and their marks stay as they are.',
      body: { kind: 'json' as const, schema: create },
      errors: [...errors, 'conflict'],
      answer: { status: 201, description: 'Reversed.', schema: output },
      async handle({ body, record }) {
        const holding = reversalsOf(await asked(reversalChanges(clickhouse))).filter(
          ({ undoneAtMs }) => undoneAtMs === null,
        );
        if (holding.length >= mostHolding) {
          throw new AppError(
            'conflict',
            `There are ${mostHolding} reversals already. Undo some, or widen one.`,
          );
        }
        await record({ action: 'create', entity: 'traffic_reversal', detail: body });
        const made = makeReversal(
          clickhouse,
          {
            reason: body.reason,
            fromMs: Date.parse(body.from),
            toMs: Date.parse(body.to),
            site: body.site ?? 0,
            lineItem: body.lineItem ?? 0,
            network: body.network ?? '',
            asn: body.asn ?? 0,
            note: body.note,
          },
          now(),
        );
        return reply.value(shown(await asked(made)));
      },
    }),
    defineRoute({
      ...common,
      method: 'delete',
      path: '/invalid-traffic/reversals/{id}',
      operationId: 'undoTrafficReversal',
      summary: 'Undo a reversal',
      description:
        'The reason holds again, and totals are what they were before. The reversal stays in the list.',
      params,
      errors: [...errors, 'not_found'],
      answer: { status: 204, description: 'Undone, now or before.' },
      async handle({ params: { id } }) {
        const undone = await asked(undoReversal(clickhouse, id, now()));
        if (undone === undefined) throw new AppError('not_found', `There is no reversal ${id}.`);
        return reply.value(undefined);
      },
    }),
  ];
}

const reasons: z.input<typeof reason>[] = [
  ...invalidReasonNames.map((name) => ({ name, ...invalidReasons[name] })),
  ...Object.entries({
    ...notCountedReasons,
    duplicate: 'The same event was recorded before.',
  }).map(([name, definition]) => ({ name, class: null, definition })),
];

function shown(reversal: Reversal): z.input<typeof output> {
  const { id, fromMs, toMs, madeAtMs, undoneAtMs, note } = reversal;
  return {
    id,
    reason: reversal.reason,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    site: reversal.site || null,
    lineItem: reversal.lineItem || null,
    network: reversal.network || null,
    asn: reversal.asn || null,
    note,
    madeAt: new Date(madeAtMs).toISOString(),
    undoneAt: undoneAtMs === null ? null : new Date(undoneAtMs).toISOString(),
  };
}

/** The network's form in events; undefined where the text is none of the lengths that are kept. */
function maskedForm(text: string): string | undefined {
  const [base = '', bits] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || bits !== (address.version === 4 ? '24' : '48')) return undefined;
  return maskedNetwork(address);
}

async function asked<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AnalyticsError && error.retryable)
      throw new AppError('clickhouse_unavailable', error.message, { cause: error });
    throw error;
  }
}
