/** A request as somebody describes it; what is empty is unknown. */
export interface Question {
  readonly zone: string;
  readonly ip: string;
  readonly url: string;
  readonly ua: string;
  readonly lang: string;
  readonly ref: string;
  readonly kv: string;
  /** As clocks show it here, like `2026-12-01T09:30`; empty: now. */
  readonly at: string;
}

const fields = ['zone', 'ip', 'url', 'ua', 'lang', 'ref', 'kv', 'at'] as const;

export function questionFrom(params: URLSearchParams): Question {
  return Object.fromEntries(fields.map((field) => [field, params.get(field) ?? ''])) as unknown as Question;
}

/** For an address that leads to the same question. */
export const paramsOf = (question: Question): URLSearchParams =>
  new URLSearchParams(
    fields.filter((field) => question[field] !== '').map((field) => [field, question[field]]),
  );

/** As the API takes it. */
export function queryOf(question: Question): { zone: number } & Record<string, string | number> {
  const { zone, at, ...rest } = question;
  const given = Object.entries(rest).filter(([, value]) => value.trim() !== '');
  return {
    zone: Number(zone),
    ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
    ...(at === '' ? {} : { at: new Date(at).toISOString() }),
  };
}
