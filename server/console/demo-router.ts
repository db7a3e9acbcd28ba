import { type Request, type Response, Router } from 'express';
import { AppError } from '../errors.ts';
import { builtDemoScript, demoFilesDirectory, renderPage } from './demo-files.ts';
import { proxyToDelivery } from './demo-proxy.ts';
import type {
  DemoCounts,
  DemoCountsAnswer,
  DemoCreative,
  DemoExplanation,
  DemoLocation,
  DemoSeen,
  DemoZones,
} from './demo-wire.ts';
import { firstPlace, type Place, placeOf, places } from './places.ts';

export interface DemoRouterOptions {
  /** Where delivery listens, like `http://127.0.0.1:8080`. It must trust this process as a proxy. */
  readonly deliveryOrigin: () => string;
  /** Asked at each request; null once the demo inventory was removed: everything here is 404 then. */
  readonly demoZones: () => Promise<DemoZones | null>;
  /** Asked once a second by each open page. */
  readonly visitorCounts: () => Promise<DemoCounts>;
  readonly locate: (address: string) => DemoLocation | Promise<DemoLocation>;
  /** Why a zone gets what it gets at this address; null hides the panel. */
  readonly explain: ((question: { zone: number; address: string }) => Promise<DemoExplanation>) | null;
  /** Whose creative it is; null where it is unknown. Without it the page names the creative's number only. */
  readonly describeCreative?: (creativeId: number) => Promise<DemoCreative | null>;
  /** The visitor's own address. Default: the connection's, so a proxy's where one stands in front. */
  readonly clientAddress?: (request: Request) => string | undefined;
  /** Where the page links to for the API. Default: `/api/v1/openapi.json`. */
  readonly apiDocsPath?: string;
  /** Longest silence of delivery. Default: 10 seconds. */
  readonly timeoutMs?: number;
  /** The page's script. Default: where `npm run build` puts it. */
  readonly scriptFile?: string;
  /** Default: the clock. */
  readonly now?: () => number;
}

const policy = (ancestors: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
  ].join('; ');

function sendPage(response: Response, html: string, ancestors = "'none'"): void {
  response.setHeader('content-security-policy', policy(ancestors));
  response.setHeader('x-frame-options', ancestors === "'none'" ? 'DENY' : 'SAMEORIGIN');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cache-control', 'no-cache');
  response.type('html').send(html);
}

function choice(place: Place, chosen: Place): string {
  const checked = place === chosen ? ' checked' : '';
  return `<label class="place"><input type="radio" name="from" value="${place.id}"${checked}><span><b>${place.city}</b> <small>${place.area}</small></span></label>`;
}

/**
 * The demo page at `/demo` and all it needs, below `/demo/`. One chooses from where one appears to come; the page of a
 * small publisher inside embeds the real tag through `/demo/from/<place>/`, a reverse proxy to delivery that alone
 * names the address. Errors go to the application's error handler as AppErrors.
 */
export function createDemoRouter(options: DemoRouterOptions): Router {
  const { clientAddress = (request: Request) => request.socket.remoteAddress } = options;
  const { apiDocsPath = '/api/v1/openapi.json', timeoutMs = 10_000, now = Date.now } = options;
  const router = Router();

  const demoZones = async (): Promise<DemoZones> => {
    const zones = await options.demoZones();
    if (zones === null) throw new AppError('not_found', 'The demo inventory was removed');
    return zones;
  };
  const namedPlace = (id: unknown): Place => {
    const place = placeOf(id);
    if (place === undefined) {
      throw new AppError(
        'not_found',
        `No such place; there are ${places.map((known) => known.id).join(', ')}`,
      );
    }
    return place;
  };
  const addressOf = (place: Place, request: Request) => place.address ?? clientAddress(request);

  router.get('/demo', async (request, response) => {
    const zones = await options.demoZones();
    if (zones === null) {
      response.status(404);
      sendPage(response, await renderPage('demo-removed.html', { apiDocsPath }));
      return;
    }
    const chosen = placeOf(request.query['from']) ?? firstPlace;
    const choices = places.map((place) => choice(place, chosen)).join('\n');
    const reasons = options.explain === null ? 'none' : 'shown';
    sendPage(
      response,
      await renderPage('demo.html', { ...zones, apiDocsPath, choices, reasons, from: chosen.id }),
    );
  });

  router.get('/demo/site', async (request, response) => {
    const zones = await demoZones();
    const place = namedPlace(request.query['from']);
    sendPage(response, await renderPage('demo-site.html', { ...zones, from: place.id }), "'self'");
  });

  for (const name of ['demo.css', 'demo-cards.css', 'demo-site.css', 'demo-icon.svg']) {
    router.get(`/demo/${name}`, (_request, response) => {
      response.sendFile(name, {
        root: demoFilesDirectory(),
        cacheControl: false,
        headers: { 'cache-control': 'no-cache' },
      });
    });
  }
  router.get('/demo/demo.js', (_request, response) => {
    response.sendFile(options.scriptFile ?? builtDemoScript(), {
      cacheControl: false,
      dotfiles: 'allow',
      headers: { 'cache-control': 'no-cache' },
    });
  });

  router.get('/demo/seen', async (request, response) => {
    const { leaderboard, rectangle } = await demoZones();
    const address = addressOf(namedPlace(request.query['from']), request);
    const { explain } = options;
    const explanations: Record<string, DemoExplanation> = {};
    if (explain !== null && address !== undefined) {
      for (const zone of [leaderboard, rectangle]) explanations[zone] = await explain({ zone, address });
    }
    const { country, region, city } = address === undefined ? {} : await options.locate(address);
    const seen: DemoSeen = {
      address: address ?? null,
      location: { country: country ?? null, region: region ?? null, city: city ?? null },
      explanations: explain === null ? null : explanations,
    };
    response.setHeader('cache-control', 'no-store');
    response.json(seen);
  });

  router.get('/demo/counts', async (_request, response) => {
    await demoZones();
    const answer: DemoCountsAnswer = { ...(await options.visitorCounts()), nowMs: now() };
    response.setHeader('cache-control', 'no-store');
    response.json(answer);
  });

  router.get('/demo/creative/:id', async (request, response) => {
    await demoZones();
    const id = Number(request.params.id);
    const creative = Number.isSafeInteger(id) ? await options.describeCreative?.(id) : null;
    response.setHeader('cache-control', 'no-store');
    response.json(creative ?? null);
  });

  router.use('/demo/from/:place', async (request, response) => {
    const zones = await demoZones();
    const address = addressOf(namedPlace(request.params.place), request);
    if (address === undefined) throw new AppError('bad_request', 'Your own address could not be found');
    await proxyToDelivery(request, response, { origin: options.deliveryOrigin(), address, zones, timeoutMs });
  });

  return router;
}
