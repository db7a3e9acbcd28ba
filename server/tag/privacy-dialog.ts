/**
 * Shows the visitor's privacy page in a dialog of this page. In a frame, since cookies of another site's page are of that
 * page alone: opened by itself, the privacy page would not see them.
 */
export function showPrivacy(local: (url: string) => string): void {
  const dialog = document.createElement('dialog');
  dialog.className = 'signpost-privacy';
  dialog.style.cssText =
    'padding:0;border:1px solid;border-radius:.5rem;width:min(48rem,94vw);height:min(44rem,90vh);background:Canvas;color:CanvasText;color-scheme:light dark';
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Close');
  close.style.cssText =
    'position:absolute;top:.25rem;right:.5rem;font:1.5rem/1.5 system-ui;border:0;background:none;color:inherit;cursor:pointer;min-width:2.5rem';
  close.addEventListener('click', () => dialog.close());
  const frame = document.createElement('iframe');
  frame.title = 'Privacy';
  frame.style.cssText = 'display:block;border:0;width:100%;height:100%;color-scheme:light dark';
  const { lang } = document.documentElement;
  frame.src = `${local('/v1/privacy')}?lang=${lang || navigator.language}`;
  dialog.append(close, frame);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
