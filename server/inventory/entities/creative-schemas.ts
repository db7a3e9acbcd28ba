import { z } from 'zod';
import { caps } from '../delivery-fields.ts';
import { answered, clickUrlInput, demandStatus, externalId, id, name } from '../fields.ts';
import { maxImageSidePx } from '../images.ts';
import { linkName } from '../macros.ts';

const lineItemId = id.meta({ description: 'The line item it belongs to; cannot change.', example: 8 });
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be what an upload answered: 64 hex digits');
const exampleHash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const image = hash.meta({ description: 'An image, as POST /assets answered.', example: exampleHash });
const bundle = hash.meta({ description: 'A bundle, as POST /bundles answered.', example: exampleHash });
const asset2x = image.meta({
  description: 'The same image with twice the pixels each way, for screens of high resolution.',
  example: exampleHash,
});
const side = z.int().min(1).max(maxImageSidePx);
const width = side.meta({
  description:
    "In CSS pixels. Default: the image's or the bundle's. An image of higher resolution is shown smaller, in proportion.",
  example: 300,
});
const height = side.meta({
  description: "In CSS pixels. Default: the image's or the bundle's.",
  example: 250,
});
const alt = z.string().max(500).meta({
  description: 'Says the same as the creative, for those who do not see it.',
  example: 'Taipei by night: flights from 199 dollars',
});
const links = z
  .record(
    z.string().regex(linkName, 'must be a name: a letter, then letters, digits, _ and -'),
    clickUrlInput,
  )
  .refine((all) => Object.keys(all).length <= 20, 'must have at most 20 links')
  .meta({
    description:
      'Landings of further links: {click_url:name} in a snippet, a click tag of that name in a bundle.',
    example: { terms: 'https://example.com/terms' },
  });
const html = z
  .string()
  .min(1)
  .max(64 * 1024)
  .meta({
    description: 'With macros. Runs in a sandboxed frame of its own.',
    example: '<a href="{click_url}" target="_blank">Fly to Taipei</a>',
  });
const thirdParty = z
  .boolean()
  .meta({ description: 'Whether the snippet may load from other hosts. Off: only from this server.' });
const line = (max: number) => z.string().trim().min(1).max(max);
const headline = line(100).meta({ description: 'With macros.', example: 'Fly to Taipei' });
const text = z.string().trim().max(500).meta({ description: 'With macros.', example: 'From 199 dollars.' });
const title = line(100).meta({ description: 'With macros.', example: 'Taipei by night' });
const body = z.string().trim().max(1000).meta({ description: 'With macros.', example: 'Ten places to eat.' });
const sponsor = z
  .string()
  .trim()
  .max(100)
  .meta({ description: 'Who pays for it. With macros.', example: 'Taipei Travel' });

const made = {
  lineItemId,
  name,
  status: demandStatus.default('active'),
  alt: alt.default(''),
  clickUrl: clickUrlInput,
  links: links.default({}),
  caps: caps.default([]),
  externalId: externalId.default(null),
};

export const createSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...made,
      type: z.literal('image').optional(),
      asset: image,
      asset2x: asset2x.optional(),
      width: width.optional(),
      height: height.optional(),
    }),
    z.strictObject({
      ...made,
      type: z.literal('html5'),
      asset: bundle,
      width: width.optional(),
      height: height.optional(),
    }),
    z.strictObject({
      ...made,
      type: z.literal('html'),
      width,
      height,
      html,
      thirdParty: thirdParty.default(false),
    }),
    z.strictObject({ ...made, type: z.literal('text'), width, height, headline, text: text.default('') }),
    z.strictObject({
      ...made,
      ...{ type: z.literal('native'), width, height, title, body: body.default('') },
      sponsor: sponsor.default(''),
      asset: image.optional(),
    }),
  ])
  .meta({
    id: 'CreativeCreate',
    description: 'By its type; without one it is an image.',
    example: {
      lineItemId: 8,
      name: 'Taipei 300×250',
      asset: exampleHash,
      alt: 'Taipei by night',
      clickUrl: 'https://example.com/taipei',
    },
  });

export const patchSchema = z
  .strictObject({
    ...{ name, status: demandStatus, width, height, alt, clickUrl: clickUrlInput, links, caps, externalId },
    ...{ html, thirdParty, headline, text, title, body, sponsor },
    asset: hash.meta({ description: 'An image or a bundle, as its upload answered.', example: exampleHash }),
    asset2x: asset2x.nullable(),
  })
  .partial()
  .meta({
    id: 'CreativePatch',
    description: 'Only fields that a creative of its type has; the type cannot change.',
    example: { clickUrl: 'https://example.com/taipei?from=ad' },
  });

export const approvals = ['pending', 'approved', 'rejected'] as const;
export const approval = z.enum(approvals).meta({
  description: 'Only approved ones are shown; the others can be previewed.',
  example: 'approved',
});
export const approvalNote = z.string().trim().max(1000).meta({
  description: 'What who approved or rejected it says about it.',
  example: '',
});

const shown = {
  ...answered,
  ...{ lineItemId, name, status: demandStatus, width, height, alt },
  clickUrl: z.string().meta({ example: 'https://example.com/taipei' }),
  links: z.record(z.string(), z.string()),
  caps,
  externalId,
  approval,
  approvalNote,
};

export const outputSchema = z
  .discriminatedUnion('type', [
    z.object({ ...shown, type: z.literal('image'), asset: image, asset2x: asset2x.nullable() }),
    z.object({ ...shown, type: z.literal('html5'), asset: bundle }),
    z.object({ ...shown, type: z.literal('html'), html, thirdParty }),
    z.object({ ...shown, type: z.literal('text'), headline, text }),
    z.object({ ...shown, type: z.literal('native'), title, body, sponsor, asset: image.nullable() }),
  ])
  .meta({ id: 'Creative', description: 'What is shown.' });

export type CreativeCreate = z.output<typeof createSchema>;
export type CreativePatch = z.output<typeof patchSchema>;
export type Creative = z.output<typeof outputSchema>;
export const creativeTypes = ['image', 'html5', 'html', 'text', 'native'] as const satisfies CreativeType[];
export type CreativeType = Creative['type'];

/** Fields of a patch that only creatives of these types have. */
export const fieldsOfType: Readonly<Record<CreativeType, readonly (keyof CreativePatch)[]>> = {
  image: ['asset', 'asset2x'],
  html5: ['asset'],
  html: ['html', 'thirdParty'],
  text: ['headline', 'text'],
  native: ['title', 'body', 'sponsor', 'asset'],
};
