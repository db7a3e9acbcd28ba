import { createHash } from 'node:crypto';

/** Where one location database file is downloaded from. */
export interface DownloadSource {
  /** Name of the file that it becomes, without `.mmdb`. */
  readonly name: string;
  /** Whether a file of this name is always the same database in another version, so that build dates compare. */
  readonly nameTellsDatabase: boolean;
  /** Without user and password. */
  readonly url: URL;
  /** Where its SHA-256 stands, in the form of `sha256sum`. */
  readonly checksumUrl: URL;
  /** Whether a missing checksum refuses the download; otherwise it is only checked where there is one. */
  readonly checksumRequired: boolean;
  /** Value of the header `Authorization`, for this host alone. */
  readonly authorization: string | undefined;
}

export interface MaxMindAccount {
  readonly accountId: string;
  readonly licenseKey: string;
  readonly editions: readonly string[];
  /** Default: https://download.maxmind.com */
  readonly origin?: string;
}

/** MaxMind's permalinks: https://dev.maxmind.com/geoip/updating-databases#directly-downloading-databases */
export function maxmindSources(account: MaxMindAccount): readonly DownloadSource[] {
  const { accountId, licenseKey, editions, origin = 'https://download.maxmind.com' } = account;
  return editions.map((edition) => {
    const link = (suffix: string) =>
      new URL(`${origin}/geoip/databases/${encodeURIComponent(edition)}/download?suffix=${suffix}`);
    return {
      name: edition,
      nameTellsDatabase: true,
      url: link('tar.gz'),
      checksumUrl: link('tar.gz.sha256'),
      checksumRequired: true,
      authorization: basic(accountId, licenseKey),
    };
  });
}

/**
 * A file of any server: `.mmdb`, `.mmdb.gz` or `.tar.gz`, told by its content. User and password of the URL are sent as
 * basic authentication. Its checksum is looked for under the same name with `.sha256`.
 */
export function urlSource(text: string): DownloadSource {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  const checksumUrl = new URL(url);
  checksumUrl.pathname += '.sha256';
  const named = username !== '' || password !== '';
  return {
    name: urlFileName,
    nameTellsDatabase: false,
    url,
    checksumUrl,
    checksumRequired: false,
    authorization: named ? basic(decodeURIComponent(username), decodeURIComponent(password)) : undefined,
  };
}

/** The same for every URL, so that another one replaces the file and does not stand beside it. */
export const urlFileName = 'from-url';

/** How logs and answers name a URL: its query may hold a key. */
export function shownUrl({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

/** Tells sources apart in files that are kept, without what a URL may hold of secrets. */
export function sourceId({ url }: DownloadSource): string {
  return createHash('sha256').update(url.href).digest('hex').slice(0, 32);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
