/** What the pages do that mails to members lead to, and the page of one's account: all their words are in the page. */
import { script } from './home.ts';
import { type Member, MemberError, type MembersApi, memberCalls } from './member-calls.ts';

const root = document.querySelector('main') as HTMLElement;
const { site = '', page = '' } = root.dataset;
const calls = memberCalls(String(new URL('v1/members', new URL('.', script?.src))), () => ({ site }));
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? root.dataset['token'] ?? '';

const find = <Found extends Element>(selector: string, within: ParentNode = root): Found =>
  within.querySelector(selector) as Found;
const show = (name: string, shown = true): void => {
  for (const part of root.querySelectorAll<HTMLElement>(`[data-part~="${name}"]`)) part.hidden = !shown;
};
const fieldOf = (form: HTMLFormElement, name: string): string =>
  find<HTMLInputElement>(`[name="${name}"]`, form).value;

/** Which words say what went wrong. */
function wordsFor(error: unknown): string {
  if (!(error instanceof MemberError)) return 'failed';
  if (error.fields.some(({ path }) => path === '/token')) return 'over';
  if (error.fields.some(({ path }) => path === '/password') && page !== 'account') return 'hint';
  if (error.status === 401 || error.status === 422) return 'wrong';
  return error.status === 429 ? 'often' : 'failed';
}

/** Has a form do something: once at a time, with its own words for how it went. */
function onSubmit(name: string, work: (form: HTMLFormElement) => Promise<unknown>): void {
  const form = root.querySelector<HTMLFormElement>(`form[data-form="${name}"]`);
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>('button', form);
    const said = find<HTMLElement>('[role="status"]', form);
    button.disabled = true;
    said.textContent = '';
    try {
      await work(form);
      said.textContent = form.dataset['done'] ?? '';
      if (form.dataset['once'] === '')
        for (const part of form.querySelectorAll('label,button,small')) part.remove();
    } catch (error) {
      said.textContent = root.dataset[wordsFor(error)] ?? '';
    } finally {
      button.disabled = false;
    }
  });
}

function line(name: string, value: string): HTMLElement[] {
  const [term, text] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  text.textContent = value;
  return [term, text];
}

const shown = (value: unknown): string => {
  if (typeof value === 'boolean') return root.dataset[value ? 'yes' : 'no'] ?? '';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
    return new Date(value).toLocaleString(document.documentElement.lang);
  return value === null || value === '' ? (root.dataset['nothing'] ?? '') : String(value);
};

const languageName = (code: string): string =>
  [...root.querySelectorAll('option')].find(({ value }) => value === code)?.textContent ?? code;

async function showMember(member: Member): Promise<void> {
  show('out', false);
  show('in');
  const { id: _, site: __, profile, preferences, news, ...rest } = member;
  const { language, ...others } = preferences;
  // One after the other: a site's own names may be the same as ours.
  const facts = [
    ...Object.entries(rest),
    ['language', languageName(String(language ?? ''))] as const,
    ['news', news.optedIn] as const,
    ...Object.entries({ ...profile, ...others }),
  ];
  const list = find<HTMLElement>('dl');
  list.replaceChildren(...facts.flatMap(([name, value]) => line(list.dataset[name] ?? name, shown(value))));
  find<HTMLInputElement>('[data-form="correct"] [name="name"]').value = member.name ?? '';
  find<HTMLSelectElement>('[data-form="correct"] [name="language"]').value = String(
    preferences['language'] ?? document.documentElement.lang,
  );
  show('news-on', news.optedIn);
  show('news-off', !news.optedIn);
  const signIns = await calls.signIns().catch(() => []);
  find<HTMLElement>('[data-list="sign-ins"]').replaceChildren(
    ...signIns.map(({ at, country, region, address, browser }) => {
      const item = document.createElement('li');
      item.textContent = [shown(at), region ?? country, browser, address].filter(Boolean).join(', ');
      return item;
    }),
  );
}

function showNobody(): void {
  show('in', false);
  show('out');
}

/** What a form's own words say is what the member read. */
const wordingOf = (form: HTMLFormElement): string => find<HTMLElement>('button', form).textContent ?? '';

async function save(api: MembersApi): Promise<void> {
  const text = JSON.stringify(await api.export(), null, 2);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'my-data.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

onSubmit('verify', () => calls.verify(token));
onSubmit('unsubscribe', () => calls.unsubscribe(token));
onSubmit('password', (form) => calls.setPassword(token, fieldOf(form, 'password')));
onSubmit('sign-in', async (form) => {
  await showMember(await calls.signIn(fieldOf(form, 'email'), fieldOf(form, 'password')));
  form.reset();
});
onSubmit('forgotten', (form) => calls.forgotPassword(fieldOf(form, 'email')));
onSubmit('sign-out', async () => {
  await calls.signOut();
  showNobody();
});
onSubmit('correct', async (form) => {
  const language = fieldOf(form, 'language');
  await showMember(await calls.update({ name: fieldOf(form, 'name') || null, preferences: { language } }));
});
onSubmit('news-in', async (form) => showMember(await calls.news(true, wordingOf(form))));
onSubmit('news-out', async (form) => showMember(await calls.news(false, wordingOf(form))));
onSubmit('change-password', async (form) => {
  await calls.changePassword(fieldOf(form, 'current'), fieldOf(form, 'password'));
  form.reset();
});
onSubmit('export', () => save(calls));
onSubmit('erase', async (form) => {
  await calls.erase(fieldOf(form, 'password'));
  show('in', false);
  show('erased');
  find<HTMLElement>('[data-part="erased"]').focus();
});

if (page === 'account') {
  calls
    .me()
    .then((member) => (member === null ? showNobody() : showMember(member)))
    .catch(showNobody);
}
