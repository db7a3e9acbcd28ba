import type { RequestHandler } from 'express';

/** Shows what it is sent, and shows it anew with each message. */
const page = `<!doctype html>
<meta charset="utf-8">
<title>Preview</title>
<script>
  addEventListener('message', ({ source, data }) => {
    if (source !== parent || typeof data?.html !== 'string') return;
    document.body.replaceChildren(document.createRange().createContextualFragment(data.html));
  });
</script>
<body style="margin:0">
`;

/**
 * The document in which the console shows snippets that are not stored yet. Its origin is nobody's, as in delivery: what
 * runs in it reaches neither the console nor its session, and asks nobody but delivery for anything.
 */
export function sendSnippetPreview(deliveryOrigin: string): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    `img-src data: ${deliveryOrigin}`,
    `font-src ${deliveryOrigin}`,
    'sandbox allow-scripts',
    "frame-ancestors 'self'",
  ].join('; ');
  return (_request, response) => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html').send(page);
  };
}
