import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const typesFile = fileURLToPath(new URL('../../../server/console/app/api/schema.d.ts', import.meta.url));
const said = new Set(['description', 'summary', 'example', 'examples']);

/** The part of an OpenAPI document that types are made of: a text that changes changes no type. */
export function typedPart(document: unknown): string {
  // A property may be called `description` too: then it is a schema and no text.
  return JSON.stringify(document, (key, value: unknown) =>
    said.has(key) && (typeof value === 'string' || key.startsWith('example')) ? undefined : value,
  );
}

export const hashOf = (document: string): string => createHash('sha256').update(document).digest('hex');

/** Of the document that the types were made of. */
export const apiTypesHash = (): string | undefined =>
  /^\/\/ Made by npm run api-types of ([0-9a-f]{64})$/m.exec(readFileSync(typesFile, 'utf8'))?.[1];

/**
 * Writes the types anew. The generator is fetched for this alone, with a TypeScript of its own: it works with the
 * compiler's programming interface of TypeScript 5.
 */
export function writeApiTypes(document: string): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'signpost-api-types-'));
  try {
    const file = path.join(directory, 'openapi.json');
    const made = path.join(directory, 'schema.d.ts');
    writeFileSync(file, document);
    const packages = ['--package=openapi-typescript@7.13.0', '--package=typescript@5.9.3'];
    execFileSync('npx', ['--yes', ...packages, 'openapi-typescript', file, '--output', made], {
      cwd: directory,
    });
    writeFileSync(
      typesFile,
      `// Made by npm run api-types of ${hashOf(document)}\n${readFileSync(made, 'utf8')}`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
