import { answerOf, api } from '../../api/client.ts';
import type { Cap } from './caps-field.tsx';
import type { Creative } from './inventory.ts';

export type CreativeType = Creative['type'];

/** A creative of any type while it is filled in; what its type does not have stays empty. */
export interface CreativeDraft {
  readonly type: CreativeType;
  readonly name: string;
  readonly clickUrl: string;
  readonly alt: string;
  readonly width: number | '';
  readonly height: number | '';
  readonly asset: string;
  readonly asset2x: string;
  readonly html: string;
  readonly thirdParty: boolean;
  readonly headline: string;
  readonly text: string;
  readonly title: string;
  readonly body: string;
  readonly sponsor: string;
  readonly caps: readonly Cap[];
  /** Address of the image to show, of a file that was just chosen or of one that is stored. */
  readonly image: string;
}

export function emptyDraft(type: CreativeType): CreativeDraft {
  return {
    ...{ type, name: '', clickUrl: '', alt: '', width: '', height: '', asset: '', asset2x: '', html: '' },
    ...{ thirdParty: false, headline: '', text: '', title: '', body: '', sponsor: '', caps: [], image: '' },
  };
}

export function draftOf(creative: Creative): CreativeDraft {
  const own = Object.fromEntries(Object.entries(creative).filter(([, value]) => value !== null));
  const image = hasImage(creative) ? imageAddress(creative) : '';
  return { ...emptyDraft(creative.type), ...(own as Partial<CreativeDraft>), image };
}

/** Whether there is an image of it to ask for. */
export const hasImage = (creative: Creative): boolean =>
  creative.type === 'image' || (creative.type === 'native' && creative.asset !== null);

/** Its image; another address for another image. */
export function imageAddress(creative: Creative): string {
  const asset = 'asset' in creative ? (creative.asset ?? '') : '';
  return `/api/v1/creatives/${creative.id}/image#${asset.slice(0, 12)}`;
}

const fieldsOf: Readonly<Record<CreativeType, readonly (keyof CreativeDraft)[]>> = {
  image: ['asset', 'asset2x'],
  html5: ['asset'],
  html: ['html', 'thirdParty'],
  text: ['headline', 'text'],
  native: ['title', 'body', 'sponsor', 'asset'],
};

/** As the API takes it: what is common, and what its type has. */
export function bodyOfDraft(draft: CreativeDraft): Record<string, unknown> {
  const { type, name, clickUrl, alt, width, height, caps } = draft;
  const own = fieldsOf[type]
    .map((field) => [field, draft[field]] as const)
    .filter(([field, value]) => value !== '' || (field !== 'asset' && field !== 'asset2x'));
  return {
    ...{ type, name: name.trim(), clickUrl: clickUrl.trim(), alt, caps },
    ...(width === '' || height === '' ? {} : { width, height }),
    ...Object.fromEntries(own),
  };
}

interface Uploaded {
  readonly asset: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** Sends an image or a bundle, whichever it is. @throws ApiError */
export async function upload(file: File): Promise<Uploaded & { readonly type: 'image' | 'html5' }> {
  const bundle = /\.zip$/i.test(file.name) || file.type === 'application/zip';
  const sent = {
    body: file as never,
    bodySerializer: (body: unknown) => body as BodyInit,
    headers: { 'Content-Type': bundle ? 'application/zip' : file.type || 'application/octet-stream' },
  };
  if (bundle) {
    const { asset, width, height } = await answerOf(api.POST('/bundles', sent));
    return { type: 'html5', asset, width: width ?? null, height: height ?? null };
  }
  const { asset, width, height } = await answerOf(api.POST('/assets', sent));
  return { type: 'image', asset, width, height };
}
