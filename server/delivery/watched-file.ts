import { readFile, stat } from 'node:fs/promises';

/**
 * Calls `onContent` with the file's content, now and after each change. Looks at the file in fixed steps: file system
 * events are lost on network and overlay file systems, and a `stat` costs next to nothing. What `onContent` throws is
 * given to `onError`, and the same content is not tried again.
 * @returns stops watching
 */
export async function watchFile(
  path: string,
  everyMs: number,
  onContent: (content: Buffer) => void | Promise<void>,
  onError: (error: Error) => void,
): Promise<() => void> {
  let seen = '';
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      const { size, mtimeMs, ino } = await stat(path);
      const now = `${size} ${mtimeMs} ${ino}`;
      if (now !== seen) {
        const content = await readFile(path);
        seen = now;
        await onContent(content);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onError(error as Error);
    } finally {
      busy = false;
    }
  };
  await look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
