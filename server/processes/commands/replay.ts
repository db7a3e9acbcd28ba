import type { ReplayCounts } from '../../../analytics/index.ts';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';

export interface ReplayCommandOptions {
  readonly firstDay?: string;
  readonly lastDay?: string;
}

type Progress = ReplayCounts & { readonly done?: true };

/** Puts into ClickHouse what the log archive has and ClickHouse has not, and says how far it is. */
export async function replay(settings: Settings, options: ReplayCommandOptions): Promise<void> {
  const query = new URLSearchParams({ ...options });
  const last = await withOffice(settings, async (office) => {
    const response = await office.fetch(`/log-archive/replays?${query}`, { method: 'POST' });
    let progress: Progress | undefined;
    for await (const next of linesOf(response)) {
      progress = JSON.parse(next) as Progress;
      if (process.stderr.isTTY)
        process.stderr.write(`\r${progress.files} of ${progress.ofFiles} files, ${progress.lines} lines `);
    }
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    if (progress?.done !== true)
      throw new AppError('internal', 'The replay broke off; the back office logs why. Run it again.');
    return progress;
  });
  const number = new Intl.NumberFormat('en').format;
  const settled = last.settledHours === 0 ? '' : ` The counts of ${last.settledHours} hours were put right.`;
  process.stdout.write(
    `${number(last.lines)} lines in ${number(last.files)} files of the archive; ${number(last.added)} were missing and are there now.${settled}\n`,
  );
  if (last.brokenFiles === 0) return;
  process.stderr.write(`${last.brokenFiles} files could not be read to their end: see the log.\n`);
  process.exitCode = 1;
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
