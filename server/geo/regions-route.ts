import { z } from 'zod';
import { regionName, searchRegions } from '../../geo-db/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';

const most = 50;

const query = z.object({
  q: z.string().trim().min(1).max(100).optional().meta({
    description: 'What a name, in English or the country’s own language, or a code begins with.',
    example: 'bav',
  }),
  codes: z
    .string()
    .max(8000)
    .optional()
    .meta({ description: 'Codes whose names are asked for, with commas between.', example: 'DE-BY,TW-TPE' }),
});

const answer = z
  .object({
    items: z.array(
      z.object({
        code: z.string().meta({ description: 'ISO 3166-2.', example: 'DE-BY' }),
        name: z.string().meta({ example: 'Bavaria' }),
      }),
    ),
  })
  .meta({ id: 'Regions' });

/** Names of regions, for who chooses or reads them. */
export function regionsRoute(): Route {
  const role = 'all' as const;
  return defineRoute({
    tag: 'Locations',
    access: {
      area: null,
      roles: { admin: role, adops: role, advertiser: role, publisher: role, analyst: role },
    },
    method: 'get',
    path: '/regions',
    operationId: 'listRegions',
    summary: 'Regions and their names',
    description: `By a search, at most ${most}, or by their codes.`,
    query,
    answer: { status: 200, description: 'Those that there are.', schema: answer },
    handle({ query: { q, codes } }) {
      const named = (codes ?? '').split(',').flatMap((code) => {
        const name = regionName(code);
        return name === undefined ? [] : [{ code, name }];
      });
      const found = q === undefined ? [] : searchRegions(q, most);
      return reply.value({ items: [...named, ...found] });
    },
  });
}
