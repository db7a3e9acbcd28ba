import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** The browser scripts as they were built. */
export interface TagSources {
  /** The page tag. */
  readonly tag: Buffer;
  /** What the tag loads where it is needed. */
  readonly more: Buffer;
  /** Of pages that ask for consent: loads the tag. */
  readonly consent: Buffer;
  /** Of the document of `/v1/frame`. */
  readonly frame: Buffer;
  /** Of HTML5 bundles. */
  readonly clickTag: Buffer;
  /** Of pages with members. Default, as of the next: empty. */
  readonly members?: Buffer;
  /** Of the pages that mails to members lead to. */
  readonly memberPages?: Buffer;
}

interface TagFile {
  readonly body: Buffer;
  /** Whether its name tells its content, so that it may be kept for ever. */
  readonly immutable: boolean;
}

export interface TagFiles {
  /** By their paths, like `/tag.js`. */
  readonly files: ReadonlyMap<string, TagFile>;
  /** Name of the frame's script. */
  readonly frameName: string;
  /** The page tag under a name that tells its content, like `tag-0123456789abcdef.js`. */
  readonly versionedTag: { readonly name: string; readonly integrity: string };
}

const none = Buffer.alloc(0);

/**
 * Names the scripts by their content, and has each load the others by those names: whoever has one has the others of
 * the same version, whatever is kept in between.
 */
export function prepareTagFiles(sources: TagSources): TagFiles {
  const { tag, more, consent, frame, clickTag, members = none, memberPages = none } = sources;
  const moreName = versioned('more', more);
  const linked = (script: Buffer) => Buffer.from(script.toString('utf8').replaceAll('more.js', moreName));
  const [linkedTag, linkedFrame] = [linked(tag), linked(frame)];
  const tagName = versioned('tag', linkedTag);
  const frameName = versioned('frame', linkedFrame);
  const linkedConsent = Buffer.from(consent.toString('utf8').replaceAll('tag.js', tagName));
  return {
    files: new Map([
      ['/tag.js', { body: linkedTag, immutable: false }],
      [`/${tagName}`, { body: linkedTag, immutable: true }],
      ['/consent.js', { body: linkedConsent, immutable: false }],
      [`/${moreName}`, { body: more, immutable: true }],
      [`/${frameName}`, { body: linkedFrame, immutable: true }],
      ['/members.js', { body: members, immutable: false }],
      ['/member-pages.js', { body: memberPages, immutable: false }],
      ['/v1/click-tag.js', { body: clickTag, immutable: false }],
    ]),
    frameName,
    versionedTag: { name: tagName, integrity: integrityOf(linkedTag) },
  };
}

function versioned(name: string, content: Buffer): string {
  return `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}.js`;
}

/** As an `integrity` attribute has it (Subresource Integrity). */
function integrityOf(content: Buffer): string {
  return `sha384-${createHash('sha384').update(content).digest('base64')}`;
}

/** Reads the scripts from where `npm run build` puts them. */
export async function readTagSources(): Promise<TagSources> {
  const read = (name: string) => readFile(join(packageRoot(), 'dist', 'server', 'tag', `${name}.js`));
  const names = ['tag', 'more', 'consent', 'frame', 'click-tag', 'members', 'member-pages'];
  const [tag, more, consent, frame, clickTag, members, memberPages] = await Promise.all(names.map(read));
  return { tag, more, consent, frame, clickTag, members, memberPages } as TagSources;
}
