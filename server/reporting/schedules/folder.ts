import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ReportFile } from './report-files.ts';

/**
 * Puts files into a folder, each there only as a whole; one of the same name is replaced.
 * @returns their paths
 */
export async function putIntoFolder(directory: string, files: readonly ReportFile[]): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const written: string[] = [];
  for (const file of files) {
    const target = path.join(directory, file.name);
    const unfinished = path.join(directory, `.${file.name}.part`);
    try {
      await copyFile(file.path, unfinished);
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    written.push(target);
  }
  return written;
}
