/** What `/v1/members` takes and answers, for pages of sites and for those that mails lead to. */

export type MemberValue = string | number | boolean;

/** What is kept of a member, as they see it. */
export interface Member {
  readonly id: number;
  readonly site: number;
  readonly email: string;
  readonly name: string | null;
  readonly profile: Readonly<Record<string, MemberValue>>;
  /** `language` is that of mails. */
  readonly preferences: Readonly<Record<string, MemberValue>>;
  readonly news: { readonly optedIn: boolean; readonly at: string | null };
  readonly createdAt: string;
  readonly verifiedAt: string | null;
}

/** `null` removes a key of profile or preferences. */
export interface MemberChanges {
  readonly name?: string | null;
  readonly profile?: Readonly<Record<string, MemberValue | null>>;
  readonly preferences?: Readonly<Record<string, MemberValue | null>>;
}

export interface Registration extends MemberChanges {
  readonly email: string;
  readonly password: string;
  /** The member wants news and offers: the text by which they said so, which is kept as proof. */
  readonly news?: { readonly wording: string };
}

export interface MemberSignIn {
  readonly at: string;
  readonly country: string | null;
  readonly region: string | null;
  readonly address: string | null;
  readonly browser: string | null;
}

/** What the server answers where something did not work (RFC 9457). */
interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: MemberError['fields'];
}

/** Why something did not work, for the page to go by. */
export class MemberError extends Error {
  override readonly name = 'MemberError';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Stable; those of docs/errors.md, and `unreachable` where the server could not be asked. */
  readonly code: string;
  /** Which of what was sent does not fit, like `/password`, and why. */
  readonly fields: readonly { readonly path: string; readonly message: string }[];

  constructor(
    status: number,
    { code = 'unreachable', detail = 'The server cannot be reached.', errors = [] }: Problem,
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = errors;
  }
}

/**
 * Every call rejects with a `MemberError`.
 * @param at address of `/v1/members`, without a slash at its end
 * @param signals what goes along with each address: the site, and what the page says of consent
 */
export function memberCalls(at: string, signals: () => Readonly<Record<string, string>>) {
  async function ask<Answer>(method: string, path: string, body?: object, more = {}): Promise<Answer> {
    const answer = await fetch(`${at}${path}?${new URLSearchParams({ ...signals(), ...more })}`, {
      method,
      credentials: 'include',
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch(() => undefined);
    const value = await answer?.json().catch(() => undefined);
    if (!answer?.ok) throw new MemberError(answer?.status ?? 0, (value ?? {}) as Problem);
    return value as Answer;
  }
  return {
    /** A mail asks for confirmation; the answer does not tell whether the address is known. */
    register: (fields: Registration) => ask<{ readonly status: 'verify' }>('POST', '', fields),
    /** @param token of the link in the mail */
    verify: (token: string) => ask<{ readonly status: 'verified' }>('POST', '/verify', { token }),
    signIn: async (email: string, password: string) =>
      (await ask<{ readonly member: Member }>('POST', '/sessions', { email, password })).member,
    signOut: () => ask<void>('DELETE', '/sessions/current'),
    /** null: nobody has signed in. */
    me: () =>
      ask<Member>('GET', '/me').catch((error: MemberError) => {
        if (error.status === 401) return null;
        throw error;
      }),
    update: (changes: MemberChanges) => ask<Member>('PATCH', '/me', changes),
    changePassword: (current: string, password: string) =>
      ask<void>('PUT', '/me/password', { current, password }),
    /** A mail to the new address asks for confirmation. */
    changeEmail: (email: string, password: string) => ask<void>('PUT', '/me/email', { email, password }),
    /** @param wording what the member read when they said so; kept as proof */
    news: (optIn: boolean, wording: string) => ask<Member>('PUT', '/me/news', { optIn, wording }),
    signIns: async () =>
      (await ask<{ readonly items: readonly MemberSignIn[] }>('GET', '/me/sign-ins')).items,
    /** Everything that is kept about the member. */
    export: () => ask<Readonly<Record<string, unknown>>>('GET', '/me/export'),
    /** Everything becomes unreadable at once. */
    erase: (password: string) => ask<{ readonly erased: true }>('DELETE', '/me', { password }),
    /** A mail brings a link, if there is a member with the address. */
    forgotPassword: (email: string) => ask<object>('POST', '/password-resets', { email }),
    /** @param token of the link in the mail */
    setPassword: (token: string, password: string) => ask<void>('POST', '/passwords', { token, password }),
    /** @param token of the link in the mail */
    unsubscribe: (token: string) => ask<object>('POST', '/unsubscribe', {}, { token }),
  };
}

export type MembersApi = ReturnType<typeof memberCalls>;
