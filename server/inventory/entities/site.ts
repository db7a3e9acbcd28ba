import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { answered, commonOutput, name, supplyStatus } from '../fields.ts';
import type { EntityDefinition } from '../store.ts';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const hostName = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);

const domain = z
  .string()
  .trim()
  .max(253)
  .overwrite((text) => (/^[^/:@?#%\\\s]+$/.test(text) ? domainToASCII(text) || text : text))
  .refine((text) => hostName.test(text), 'must be a host name like example.com, without https:// and path')
  .meta({
    description: "Host name of the site's pages.",
    example: 'news.example',
  });

const fields = { name, status: supplyStatus, domain };

const createSchema = z
  .strictObject({ name, status: supplyStatus.default('active'), domain })
  .meta({ id: 'SiteCreate', example: { name: 'The News', domain: 'news.example' } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'SitePatch', example: { name: 'The Daily News' } });
const outputSchema = z.object({ ...answered, ...fields }).meta({
  id: 'Site',
  description: 'A web site that shows ads, and owns zones.',
});

export type SiteCreate = z.output<typeof createSchema>;
export type SitePatch = z.output<typeof patchSchema>;
export type Site = z.output<typeof outputSchema>;

export const siteDefinition: EntityDefinition<'sites', SiteCreate, SitePatch, Site> = {
  table: 'sites',
  word: 'site',
  parent: undefined,
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({ ...commonOutput(row), status: row.status, domain: row.domain }),
  toInsert: async (input) => input,
  toUpdate: async (patch) => patch,
};
