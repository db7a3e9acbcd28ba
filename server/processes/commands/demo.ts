import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';

export async function removeDemo(settings: Settings): Promise<void> {
  const response = await withOffice(settings, (office) => office.fetch('/demo', { method: 'DELETE' }));
  const { removed, kept } = (await response.json()) as { removed: number; kept: number };
  const rest = kept === 0 ? '' : ` ${kept} stay, because something of yours belongs to them.`;
  process.stdout.write(
    removed === 0 ? 'There is no demo inventory.\n' : `Removed ${removed} demo entries.${rest}\n`,
  );
}
