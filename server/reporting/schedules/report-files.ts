import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type ExportRequest,
  type FileFormat,
  fileFormats,
  type ReportName,
} from '../../../analytics/index.ts';
import { reportFileName } from '../file-name.ts';
import type { ReportMaker } from '../make-report.ts';

/** A report on the disk. */
export interface ReportFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
}

/** Makes a report in several formats, hands the files to `use`, and removes them. */
export async function withReportFiles<Result>(
  maker: ReportMaker,
  asked: { name: ReportName; request: ExportRequest; formats: readonly FileFormat[]; scratchDir: string },
  signal: AbortSignal,
  use: (files: readonly ReportFile[]) => Promise<Result>,
): Promise<Result> {
  await mkdir(asked.scratchDir, { recursive: true });
  const directory = await mkdtemp(path.join(asked.scratchDir, 'delivery-'));
  try {
    const files: ReportFile[] = [];
    for (const format of asked.formats) {
      const made = await maker.file(asked.name, asked.request, format, signal);
      const name = reportFileName(asked.name, asked.request, format);
      const file = path.join(directory, name);
      try {
        await pipeline(made.content, createWriteStream(file), { signal });
      } finally {
        await made.close();
      }
      const { size } = await stat(file);
      files.push({ name, path: file, bytes: size, contentType: fileFormats[format] });
    }
    return await use(files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
