import { open } from 'node:fs/promises';
import { S3mini } from 's3mini';
import type { ReportFile } from './report-files.ts';

export interface BucketSettings {
  /** With the bucket's name as its last part. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What is larger goes in parts of this size, each in memory for the time being. S3 wants at least 5 MiB. */
const partBytes = 8 * 1024 * 1024;
const requestTimeoutMs = 60_000;

/**
 * Puts files into a bucket; one of the same name is replaced.
 * @param prefix what their names begin with; empty: nothing
 * @returns their names in the bucket
 */
export async function putIntoBucket(
  settings: BucketSettings,
  prefix: string,
  files: readonly ReportFile[],
): Promise<string[]> {
  const { url, region, accessKeyId, secretAccessKey } = settings;
  const bucket = new S3mini({
    ...{ endpoint: url, region, accessKeyId, secretAccessKey },
    requestAbortTimeout: requestTimeoutMs,
  });
  const keys: string[] = [];
  for (const file of files) {
    const key = prefix === '' ? file.name : `${prefix}/${file.name}`;
    await put(bucket, key, file);
    keys.push(key);
  }
  return keys;
}

async function put(bucket: S3mini, key: string, { path, bytes, contentType }: ReportFile): Promise<void> {
  const handle = await open(path);
  const part = async (from: number) => {
    const length = Math.min(partBytes, bytes - from);
    return (await handle.read(Buffer.alloc(length), 0, length, from)).buffer;
  };
  try {
    if (bytes <= partBytes) {
      await bucket.putObject(key, await part(0), contentType);
      return;
    }
    const upload = await bucket.getMultipartUploadId(key, contentType);
    try {
      const parts = [];
      for (let from = 0; from < bytes; from += partBytes) {
        parts.push(await bucket.uploadPart(key, upload, await part(from), parts.length + 1));
      }
      await bucket.completeMultipartUpload(key, upload, parts);
    } catch (error) {
      await bucket.abortMultipartUpload(key, upload).catch(() => undefined);
      throw error;
    }
  } finally {
    await handle.close();
  }
}
