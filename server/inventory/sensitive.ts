/**
 * What data protection law guards most (GDPR article 9, and 10 for offences; the sensitive topics of the IAB Content
 * Taxonomy): beginnings of words by which a category is told to be about it, in English, German, French, Spanish,
 * Chinese and Japanese.
 */
const sensitive: Readonly<Record<string, readonly string[]>> = {
  health: [
    ...['health', 'medic', 'disease', 'illness', 'cancer', 'diabet', 'hiv', 'aids', 'pregnan', 'depress'],
    ...['addict', 'disab', 'therap', 'gesund', 'krank', 'krebs', 'schwanger', 'sucht', 'behinder', 'santé'],
    ...[
      'maladie',
      'grossesse',
      'handicap',
      'salud',
      'enfermedad',
      'embaraz',
      'discapac',
      '健康',
      '醫',
      '病',
      '医',
    ],
  ],
  religion: [
    ...[
      'religi',
      'church',
      'christian',
      'cathol',
      'islam',
      'muslim',
      'jewish',
      'judais',
      'hindu',
      'buddh',
      'atheis',
    ],
    ...['kirche', 'christ', 'glaube', 'église', 'musulman', 'iglesia', '宗教', '教會', '信仰'],
  ],
  politics: [
    'politi',
    'election',
    'partei',
    'wahlen',
    'élection',
    'elección',
    '政治',
    '選挙',
    '選舉',
    '政黨',
  ],
  sexuality: ['sex', 'gay', 'lesbian', 'lgbt', 'queer', 'transgender', 'homosex', '性取向', '性愛', '同性'],
  ethnicity: ['ethnic', 'racial', 'ethni', 'herkunft', 'migrat', 'étnic', '民族', '種族', '人種'],
  'trade unions': [
    'trade-union',
    'trade union',
    'trade_union',
    'labor-union',
    'labour',
    'gewerkschaft',
    'syndica',
    'sindica',
    '工會',
    '労働組合',
  ],
  genetics: ['genetic', 'dna', 'biometr', 'genetik', '遺傳', '遺伝'],
  offences: ['criminal', 'convict', 'prison', 'straftat', '犯罪'],
  children: ['children', 'kids', 'kinder', '兒童', '子供'],
};

/** What of it a category's name or titles are about; undefined where they are about none. */
export function sensitiveTopic(texts: readonly string[]): string | undefined {
  for (const [topic, beginnings] of Object.entries(sensitive)) {
    for (const text of texts) {
      const lower = text.toLowerCase();
      if (beginnings.some((beginning) => isThere(lower, beginning))) return topic;
    }
  }
  return undefined;
}

/** At the beginning of a word; anywhere in scripts without spaces. */
function isThere(text: string, beginning: string): boolean {
  const hasSpaces = /[a-zà-ÿ]/.test(beginning);
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
    if (!hasSpaces || at === 0 || !/\p{L}/u.test(text[at - 1] as string)) return true;
  }
  return false;
}
