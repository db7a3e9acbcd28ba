import { z } from 'zod';
import { demoZones, hasDemoInventory, removeDemoInventory } from '../../demo/inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';

const stateSchema = z
  .object({
    present: z.boolean(),
    zones: z.array(z.object({ id: z.int(), width: z.int(), height: z.int() })),
  })
  .meta({ id: 'Demo', description: 'Whether there is demo inventory, and its zones.' });

const removedSchema = z
  .object({
    removed: z.int().meta({ description: 'Entities that are gone.' }),
    kept: z.int().meta({
      description: 'Entities that stay, as ordinary ones, because something of yours belongs to them.',
    }),
  })
  .meta({ id: 'DemoRemoved' });

export function demoRoutes({ db, inventoryChanged }: ApiDependencies): Route[] {
  const common = { path: '/demo', tag: 'Demo' };
  return [
    defineRoute({
      ...common,
      method: 'get',
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
      operationId: 'getDemo',
      summary: 'Is there demo inventory?',
      answer: { status: 200, description: 'What there is.', schema: stateSchema },
      async handle() {
        const zones = await demoZones(db);
        return reply.value({
          present: await hasDemoInventory(db),
          zones: zones.map(({ id, width, height }) => ({ id, width, height })),
        });
      },
    }),
    defineRoute({
      ...common,
      method: 'delete',
      access: { area: 'inventory', roles: { admin: 'all' } },
      operationId: 'removeDemo',
      summary: 'Remove the demo inventory',
      description: 'For good. What you made yourself stays.',
      errors: ['conflict'],
      answer: { status: 200, description: 'What was removed.', schema: removedSchema },
      async handle() {
        const result = await removeDemoInventory(db);
        inventoryChanged();
        return reply.value(result);
      },
    }),
  ];
}
