/**
 * Gives an HTML5 bundle its click URLs: as `clickTag`, in the spellings in use, and one for each further name that its
 * address has. Loaded before the bundle's own scripts; a `var clickTag = "…"` of theirs changes nothing, so that a
 * bundle made for any ad server leads where this one says. Nothing but a click URL of this server is taken from the
 * address, whoever wrote it.
 */
const here = location.href.replace(/\/v1\/b\/.*$/, '');
for (const [name, value] of new URLSearchParams(location.search)) {
  const click = /\/v1\/c\/[\w-]+(\/[\w-]+)?$/.exec(value)?.[0];
  if (click && /^clickTag\w*$/i.test(name)) {
    const url = here + click;
    const names = name === 'clickTag' ? [name, 'clickTAG', 'clicktag', 'ClickTag', 'CLICKTAG'] : [name];
    for (const spelling of names) {
      // Without effect rather than read-only: assigning to it must not throw in a strict script.
      Object.defineProperty(window, spelling, { get: () => url, set: () => {}, configurable: true });
    }
  }
}

export {};
