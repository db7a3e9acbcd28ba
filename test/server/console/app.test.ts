import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtAppDirectory } from '../../../server/console/index.ts';

const source = fileURLToPath(new URL('../../../server/console/app', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
const read = (file: string) => readFileSync(path.join(source, file), 'utf8');

function keysOf(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

/** Plural forms are a language's own affair: `visits_one` and `visits_other` are one text. */
const withoutPlurals = (keys: readonly string[]) =>
  [...new Set(keys.map((key) => key.replace(/_(zero|one|two|few|many|other)$/, '')))].sort();

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();

function textAt(texts: object, key: string): string {
  return String(key.split('.').reduce<unknown>((found, part) => Object(found)[part], texts) ?? '');
}

describe('the texts of the console', () => {
  const english = files.filter((file) => file.endsWith(path.join('texts', 'en.json')));

  it.each(english)('%s are all there in Traditional Chinese', (file) => {
    const texts = JSON.parse(read(file)) as object;
    const translated = JSON.parse(read(file.replace('en.json', 'zh-TW.json'))) as object;
    expect(withoutPlurals(keysOf(translated))).toEqual(withoutPlurals(keysOf(texts)));
    for (const key of keysOf(translated)) {
      const original = textAt(texts, key) || textAt(texts, key.replace(/_other$/, '_one'));
      expect([key, placeholders(textAt(translated, key))]).toEqual([key, placeholders(original)]);
    }
  });

  it('are nowhere else', () => {
    const words = files
      .filter((file) => file.endsWith('.tsx'))
      .flatMap((file) => {
        const code = read(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm, '');
        const between = [...code.matchAll(/>\s*([A-Z][^<>{}=;()]*[a-z][^<>{}=;()]*)\s*<\//g)];
        const labels = [
          ...code.matchAll(/\b(?:aria-label|label|title|placeholder|alt)="([^"]*[A-Za-z]{2}[^"]*)"/g),
        ];
        return [...between, ...labels].map(([, text = '']) => `${file}: ${text.trim()}`);
      })
      .filter((found) => !found.endsWith(': Signpost'));
    expect(words).toEqual([]);
  });
});

describe('the built console', () => {
  const built = builtAppDirectory();
  const manifest = JSON.parse(readFileSync(path.join(built, '.vite', 'manifest.json'), 'utf8')) as Record<
    string,
    { file: string; imports?: string[]; isEntry?: boolean }
  >;

  /** A chunk and all that has to be there before it runs. */
  function closure(name: string, found = new Set<string>()): Set<string> {
    const chunk = manifest[name];
    if (chunk === undefined || found.has(chunk.file)) return found;
    found.add(chunk.file);
    for (const imported of chunk.imports ?? []) closure(imported, found);
    return found;
  }

  it('takes at most 250 KB of compressed script before one sees something', () => {
    const first = [...closure('index.html'), ...closure('texts/zh-TW.json')];
    const sizes = [...new Set(first)].map((file) => readFileSync(path.join(built, `${file}.gz`)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
  });

  it('has each file compressed beside it, and no script in the page', () => {
    const { file } = manifest['index.html'] ?? { file: '' };
    const plain = readFileSync(path.join(built, file));
    expect(gunzipSync(readFileSync(path.join(built, `${file}.gz`))).equals(plain)).toBe(true);
    const page = readFileSync(path.join(built, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/https?:/);
  });
});
