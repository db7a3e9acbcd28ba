import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const newline = 0x0a;

/** The lines of a file, as `linesIn`. Memory: one line and one chunk of 256 KB. */
export function linesOf(file: string): AsyncGenerator<Buffer> {
  return linesIn(createReadStream(file, { highWaterMark: 256 * 1024 }));
}

/** The lines of a stream as bytes, each with its line end; the last may have none. */
export async function* linesIn(source: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  for await (const chunk of source) {
    const bytes = chunk as Buffer;
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const piece = bytes.subarray(start, end + 1);
      yield pending.length === 0 ? piece : Buffer.concat([...pending, piece]);
      pending = [];
      start = end + 1;
    }
    if (start < bytes.length) pending.push(bytes.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

/** How many lines a file has; a last one without line end counts. Memory: one chunk of 1 MB, which is used again. */
export async function countLines(path: string): Promise<number> {
  const chunk = Buffer.allocUnsafeSlow(1024 * 1024);
  const file = await open(path);
  try {
    let lines = 0;
    let last = newline;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return last === newline ? lines : lines + 1;
      const bytes = chunk.subarray(0, bytesRead);
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines += 1;
      last = bytes[bytesRead - 1] as number;
    }
  } finally {
    await file.close();
  }
}
