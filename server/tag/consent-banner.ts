import type { ChoiceAnswer } from './consent.ts';
import type { ConsentChoice } from './wire.ts';

const everything: ConsentChoice = { measurement: true, personalisation: true, advertisers: true };

/**
 * Asks at the bottom of the page, over what is there, so that nothing moves. Refusing and accepting are the same button
 * twice. The page stays usable; the question is announced and can be reached first by the keyboard, and Escape is no
 * answer: it puts the question off until the next page.
 */
export function askForConsent(
  { words, language }: Pick<ChoiceAnswer, 'words' | 'language'>,
  answer: (choice: ConsentChoice) => void,
  details: () => void,
): void {
  const banner = document.createElement('section');
  banner.className = 'signpost-consent';
  banner.lang = language;
  banner.setAttribute('role', 'region');
  banner.setAttribute('aria-label', words.title);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const [back, front] = dark ? ['#1c1c1e', '#fff'] : ['#fff', '#1c1c1e'];
  banner.style.cssText = `position:fixed;inset:auto 0 0 0;z-index:2147483647;display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:.75rem;padding:1rem;font:16px/1.4 system-ui,sans-serif;background:${back};color:${front};border-top:1px solid ${front};box-shadow:0 -2px 12px #0004`;
  const text = document.createElement('p');
  text.textContent = words.banner;
  text.style.cssText = 'margin:0;max-width:40rem;flex:1 1 18rem';
  const button = (label: string, action: () => void) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = label;
    element.style.cssText = `font:inherit;min-width:9rem;padding:.6rem 1rem;border:2px solid ${front};border-radius:.25rem;background:${front};color:${back};cursor:pointer`;
    element.addEventListener('click', action);
    return element;
  };
  const before = document.activeElement as HTMLElement | null;
  const close = () => {
    const had = banner.contains(document.activeElement);
    banner.remove();
    if (had) before?.focus?.();
  };
  const decide = (choice: ConsentChoice) => () => {
    close();
    answer(choice);
  };
  const more = button(words.more, details);
  more.style.cssText += `;background:${back};color:${front};border-color:transparent;text-decoration:underline;min-width:0`;
  banner.append(text, button(words.refuse, decide({})), button(words.accept, decide(everything)), more);
  banner.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
  document.body.prepend(banner);
}
