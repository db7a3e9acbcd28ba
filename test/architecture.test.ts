import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['geo-db', 'analytics', 'server', 'jobs'] as const;

/** Which folders each may import, through their index.ts; the composition root alone puts the jobs to work. */
function allowed(file: string): readonly string[] {
  if (file.startsWith('geo-db/')) return [];
  if (file.startsWith('analytics/')) return ['geo-db'];
  if (file.startsWith('server/processes/')) return ['geo-db', 'analytics', 'jobs'];
  if (file.startsWith('server/')) return ['geo-db', 'analytics'];
  return ['geo-db', 'analytics', 'server'];
}

const sources = folders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** What a file imports or exports from elsewhere, relative paths resolved from the project's folder. */
function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...specifiers].map(([, specifier = '']) =>
    specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
  );
}

/** What is wrong with one import of a file, if anything. */
function wrong(file: string, target: string): string | undefined {
  const [own = ''] = file.split('/');
  const [folder = ''] = target.split('/');
  if (target.startsWith('..') || target.startsWith('test/')) return `${file} imports ${target}`;
  if (folder === own || !folders.some((each) => each === folder)) return undefined;
  if (!allowed(file).includes(folder)) return `${file} may not import ${folder}`;
  return target === `${folder}/index.ts` ? undefined : `${file} imports past ${folder}/index.ts: ${target}`;
}

describe('the sources', () => {
  it('import other folders through their index.ts, and only those that they may', () => {
    const problems = sources.flatMap((file) => importsOf(file).map((target) => wrong(file, target)));
    expect(problems.length).toBeGreaterThan(300);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('name every export of a public face', () => {
    const faces = sources.filter((file) => path.basename(file) === 'index.ts');
    expect(faces).toEqual(
      expect.arrayContaining(['geo-db/index.ts', 'analytics/index.ts', 'server/index.ts']),
    );
    for (const face of faces) expect(textOf(face), face).not.toMatch(/export \*/);
  });

  it('read the environment in one file', () => {
    const reading = sources.filter((file) =>
      /process\s*\.\s*env\b|process\[|\benv\b.*from 'node:process'/.test(textOf(file)),
    );
    expect(reading).toEqual(['server/settings/environment.ts']);
  });

  it('hold no file of a name that says nothing', () => {
    const vague = /\/(utils?|helpers?|common|misc|types)\.ts$/;
    expect(sources.filter((file) => vague.test(file))).toEqual([]);
  });
});

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string | { readonly file: string } };
}

describe('the lint', () => {
  /** Each file is one line that the lint must refuse by this rule, or must let pass. */
  const cases: readonly [file: string, line: string, rule: string | undefined][] = [
    ['geo-db/a.ts', "import { x } from '../analytics/index.ts';", 'noRestrictedImports'],
    ['geo-db/deep/b.ts', "import { x } from '../../server/index.ts';", 'noRestrictedImports'],
    ['geo-db/c.ts', "import { x } from '../jobs/index.ts';", 'noRestrictedImports'],
    ['geo-db/d.ts', "import { x } from './e.ts';", undefined],
    ['analytics/a.ts', "import { x } from '../geo-db/index.ts';", undefined],
    ['analytics/b.ts', "import { x } from '../geo-db/location.ts';", 'noRestrictedImports'],
    ['analytics/c.ts', "import type { X } from '../geo-db/location.ts';", 'noRestrictedImports'],
    ['analytics/deep/d.ts', "import { x } from '../../server/errors.ts';", 'noRestrictedImports'],
    ['analytics/e.ts', "import { x } from '../server/index.ts';", 'noRestrictedImports'],
    ['analytics/f.ts', "import { x } from '../jobs/index.ts';", 'noRestrictedImports'],
    ['server/a.ts', "import { x } from '../geo-db/index.ts';", undefined],
    ['server/deep/b.ts', "import { x } from '../../analytics/index.ts';", undefined],
    ['server/deep/c.ts', "import { x } from '../../analytics/spool/writer.ts';", 'noRestrictedImports'],
    ['server/deep/d.ts', "import { x } from '../../geo-db/regions/index.ts';", 'noRestrictedImports'],
    ['server/deep/e.ts', "import { x } from '../../jobs/index.ts';", 'noRestrictedImports'],
    ['server/deep/f.ts', "import { x } from '../errors.ts';", undefined],
    ['server/processes/a.ts', "import { x } from '../../jobs/index.ts';", undefined],
    ['server/processes/b.ts', "import { x } from '../../jobs/scheduler.ts';", 'noRestrictedImports'],
    ['server/processes/c.ts', "import { x } from '../../analytics/spool/writer.ts';", 'noRestrictedImports'],
    ['server/processes/deep/d.ts', "import { x } from '../../../geo-db/address.ts';", 'noRestrictedImports'],
    ['jobs/a.ts', "import { x } from '../server/index.ts';", undefined],
    ['jobs/b.ts', "import { x } from '../server/database/index.ts';", 'noRestrictedImports'],
    ['jobs/c.ts', "import { x } from '../analytics/shipping/ship.ts';", 'noRestrictedImports'],
    ['jobs/d.ts', "export { x } from '../geo-db/location.ts';", 'noRestrictedImports'],
    ['server/deep/g.ts', 'export const home = process.env.HOME;', 'noProcessEnv'],
    ['jobs/e.ts', "export const home = process.env['HOME'];", 'noProcessEnv'],
    ['server/settings/environment.ts', 'export const home = process.env.HOME;', undefined],
  ];
  let tree: string;
  let found: Map<string, string[]>;

  beforeAll(async () => {
    tree = mkdtempSync(path.join(tmpdir(), 'signpost-lint-'));
    const config = JSON.parse(textOf('biome.json')) as Record<string, unknown>;
    // The project's own configuration; there is no git in the little tree.
    const { $schema: _, vcs: __, ...rest } = config;
    writeFileSync(path.join(tree, 'biome.json'), JSON.stringify(rest));
    for (const [file, line] of cases) {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      const use = line.startsWith('import')
        ? `\nexport ${/\btype\b/.test(line) ? 'type Y = X' : 'const y = x'};`
        : '';
      writeFileSync(path.join(tree, file), `${line}${use}\n`);
    }
    const report = await lint(tree);
    found = new Map();
    for (const { category, location } of report) {
      const file = typeof location.path === 'string' ? location.path : location.path.file;
      const name = path.isAbsolute(file) ? path.relative(tree, file) : file;
      found.set(name, [...(found.get(name) ?? []), category.split('/').at(-1) ?? '']);
    }
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(cases)('on %s with «%s» says %s', (file, _, rule) => {
    expect(found.get(file) ?? []).toEqual(rule === undefined ? [] : [rule]);
  });
});

/** Errors of Biome in a folder. It ends with 1 where there are any. */
function lint(folder: string): Promise<readonly Diagnostic[]> {
  const biome = path.join(root, 'node_modules', '.bin', 'biome');
  const args = ['lint', '--reporter=json', '--diagnostic-level=error', '--max-diagnostics=none', '.'];
  return new Promise((resolve, reject) => {
    execFile(biome, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics);
      } catch {
        reject(new Error(`Biome said: ${stdout}\n${stderr}`));
      }
    });
  });
}
