import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { AppError } from '../errors.ts';
import { builtAppDirectory } from './app-files.ts';
import { sendSnippetPreview } from './snippet-preview.ts';

export interface ConsoleRouterOptions {
  /** Where browsers reach delivery, like `https://ads.example.com`: previews of creatives come from there. */
  readonly deliveryOrigin: string;
  /** Default: where `npm run build` puts the pages. */
  readonly directory?: string;
}

/** What begins so is never a screen. */
const reserved = new Set(['api', 'assets', 'demo', 'healthz', 'metrics', 'readyz', 'v1']);

/**
 * The console: its files below `/assets/`, whose names change with what is in them, and `index.html` at all other
 * addresses that a browser's window goes to, as the screens are told apart in it. To be mounted last; what is neither
 * goes on, and everything does where the pages were not built.
 */
export function createConsoleRouter({
  deliveryOrigin,
  directory = builtAppDirectory(),
}: ConsoleRouterOptions): Router {
  const router = Router();
  const page = path.join(directory, 'index.html');
  router.get('/assets/:name', sendAsset(path.join(directory, 'assets')));
  router.get('/snippet-preview', sendSnippetPreview(deliveryOrigin));
  router.get('/{*screen}', async (request, response, next) => {
    const [first = ''] = request.path.slice(1).split('/');
    if (reserved.has(first) || request.accepts('html') === false || !existsSync(page)) return next();
    const nonce = randomBytes(16).toString('base64');
    const html = await readFile(page, 'utf8');
    policy(nonce, deliveryOrigin)(request, response, () => {
      response.setHeader('cache-control', 'no-cache');
      response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=()');
      response.type('html').send(html.replaceAll('__NONCE__', nonce));
    });
  });
  return router;
}

/** The build has put a compressed one beside each. */
function sendAsset(root: string): RequestHandler {
  return (request, response) => {
    const name = String(request.params['name']);
    if (!/^[\w-][\w.-]*$/.test(name) || !existsSync(path.join(root, name))) {
      throw new AppError('not_found', 'There is nothing at this address.');
    }
    const zipped =
      request.acceptsEncodings('gzip') !== false && existsSync(path.join(root, `${name}.gz`)) ? '.gz' : '';
    response.type(path.extname(name)).vary('Accept-Encoding');
    if (zipped !== '') response.setHeader('content-encoding', 'gzip');
    response.sendFile(`${name}${zipped}`, { root, immutable: true, maxAge: '1y' });
  };
}

/** No script but the console's own files, and no style but these and those with this answer's nonce. */
const policy = (nonce: string, deliveryOrigin: string) =>
  helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", `'nonce-${nonce}'`],
      imgSrc: ["'self'", 'data:', 'blob:', deliveryOrigin],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      frameSrc: ["'self'", deliveryOrigin],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  });
