import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { policySentences, policyText, sentencesOf } from '../../../server/privacy/policy/policy.ts';
import { type SectionName, sections } from '../../../server/privacy/policy/sentence.ts';
import { holdings } from '../../../server/privacy/register.ts';
import { parseSettings } from '../../../server/settings/index.ts';

const tests = fileURLToPath(new URL('../../', import.meta.url));
const docs = fileURLToPath(new URL('../../../docs/privacy.md', import.meta.url));
const texts = new Map<string, string>();
const textOf = (file: string): string => {
  if (!texts.has(file)) texts.set(file, readFileSync(path.join(tests, file), 'utf8'));
  return texts.get(file) ?? '';
};

const idsWith = (env: Record<string, string>): string[] =>
  Object.keys(sections).flatMap((section) =>
    sentencesOf(parseSettings(env), section as SectionName).map(({ id }) => id),
  );

/** Settings that sentences depend on, each with values that differ. */
const variants: readonly Record<string, string>[] = [
  {},
  ...[{ AD_MARK: 'everywhere' }, { AD_MARK: 'off' }],
  { GEO_WEB_SERVICE: 'on', MAXMIND_ACCOUNT_ID: '1', MAXMIND_LICENSE_KEY: 'key' },
  ...[{ CONSENT_BY_REGION: '*=none' }, { CONSENT_BY_REGION: '*=none', CONSENT_KEEP_REFUSAL: 'on' }],
  ...[{ CONSENT_DNT: 'on' }, { INTEREST_SENSITIVE: 'allowed' }, { BACKUP_AT: 'off' }],
  ...[{ MEMBER_ADDRESS: 'full' }, { MEMBER_ADDRESS: 'none' }],
  ...[{ LOG_ARCHIVE_DAYS: '0' }, { LOG_ARCHIVE_STORE: '/mnt/log' }, { K_ANONYMITY: '25', EVENTS_DAYS: '7' }],
];

describe('the policy', () => {
  it.each(policySentences.map(({ id, heldBy }) => [id, heldBy] as const))(
    'says %s by tests that there are',
    (_, heldBy) => {
      expect(heldBy.length).toBeGreaterThan(0);
      for (const [file, name] of heldBy) {
        const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``, `'${name.replaceAll("'", "\\'")}'`];
        const source = textOf(file);
        const stands = quoted.some(
          (text) =>
            new RegExp(`\\b(it|test)[^\\n]*\\(\\s*${escaped(text)}`).test(source) ||
            source.includes(`)(${text}`) ||
            source.includes(`)(\n    ${text}`),
        );
        expect([file, name, stands]).toEqual([file, name, true]);
      }
    },
  );

  it('has each sentence in some setting, and of those that exclude each other one', () => {
    const all = variants.map(idsWith);
    const said = new Set(all.flat());
    expect(policySentences.map(({ id }) => id).filter((id) => !said.has(id))).toEqual([]);
    const oneOf = [
      ['mark-by-law', 'mark-everywhere', 'mark-off'],
      ['location-local', 'location-web-service'],
      ['consent-assumed', 'consent-never-assumed'],
      ['refusal-kept', 'refusal-kept-where-assumed', 'refusal-not-kept'],
      ['dnt-heeded', 'dnt-not-heeded'],
      ['sensitive-refused', 'sensitive-allowed'],
      ['backups-kept', 'backups-off'],
      ['member-address-full', 'member-address-masked', 'member-address-none'],
    ];
    for (const ids of all)
      for (const group of oneOf) expect(ids.filter((id) => group.includes(id))).toHaveLength(1);
  });

  it('has the days and places of the settings in force', () => {
    const settings = { EVENTS_DAYS: '7', LOG_ARCHIVE_DAYS: '3', K_ANONYMITY: '25', AUDIT_LOG_DAYS: '11' };
    for (const language of ['en', 'zh-TW'] as const) {
      const text = policyText(
        parseSettings({ ...settings, CONSENT_BY_REGION: 'FR=none,*=measurement' }),
        language,
      );
      for (const days of Object.values(settings)) expect(text).toContain(` ${days} `);
      expect(text).toContain(language === 'en' ? 'all others (measurement)' : '其他所有地區 (measurement)');
    }
  });

  it('has each sentence in both languages, and no id twice', () => {
    const settings = parseSettings({});
    expect(new Set(policySentences.map(({ id }) => id)).size).toBe(policySentences.length);
    for (const { text } of policySentences) {
      expect(text(settings).en).toMatch(/^[A-Z].*\.$/s);
      expect(text(settings)['zh-TW']).toMatch(/。$/);
      expect(text(settings)['zh-TW']).toMatch(/\p{Script=Han}/u);
    }
  });

  /** Where this fails, look at what changed, then write it anew: `npx vitest run test/server/privacy/policy.test.ts -u`. */
  it('is in docs/privacy.md as the default settings make it, with the register', async () => {
    const settings = parseSettings({});
    const policy = policyText(settings, 'en').replace(/^(#+) /gm, '##$1 ');
    const rows = holdings.flatMap(({ what, kept, readers, consent }) =>
      kept.map(({ where, howLong }, at) => {
        const cells = at === 0 ? [what.en, where] : ['', where];
        const rest = at === 0 ? [readers.join(', ') || 'nobody', consent ?? '–'] : ['', ''];
        return `| ${[...cells, howLong(settings).en, ...rest].join(' | ')} |`;
      }),
    );
    const register = [
      '| what | where | how long | who sees it one by one | consent |',
      '|---|---|---|---|---|',
      ...rows,
    ];
    const text = readFileSync(docs, 'utf8');
    const made = put(put(text, 'policy', policy.trim()), 'register', register.join('\n'));
    await expect(made).toMatchFileSnapshot(docs);
  });
});

it('every test of the policy is below a folder that runs', () => {
  const folders = new Set(readdirSync(tests));
  for (const { heldBy } of policySentences)
    for (const [file] of heldBy) expect(folders).toContain(file.split('/')[0]);
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Puts a text between the marks that the document has for it. */
function put(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const [from, until] = [text.indexOf(begin), text.indexOf(end)];
  expect([name, from >= 0, until > from]).toEqual([name, true, true]);
  return `${text.slice(0, from + begin.length)}${content}\n${text.slice(until)}`;
}
