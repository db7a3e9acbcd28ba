import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A data directory for one test: one machine. */
export function scratchDataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'signpost-secrets-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const dayMs = 86_400_000;
