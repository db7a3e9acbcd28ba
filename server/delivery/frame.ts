import type { IncomingMessage, ServerResponse } from 'node:http';
import { ByteText } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import { decideZone, pageOf, zoneId } from './ad.ts';
import { withCookies } from './consented.ts';
import type { Delivery } from './delivery.ts';
import { queryValue } from './query.ts';
import { corsHeaders, type HeaderList, ServedReply, sendProblem } from './reply.ts';

/** No inline script, no inline style, nothing of any other host; any page may embed it. */
const frameHeaders: HeaderList = [
  ...['Content-Type', 'text/html; charset=utf-8', 'Cache-Control', 'no-store'],
  'Content-Security-Policy',
  "default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
  ...['X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'cross-origin'],
  ...corsHeaders,
];

/**
 * GET /v1/frame?zone=12: the decision as a document for an iframe. Its script, the page tag's own code, shows the ad,
 * and reports impression and viewable impression from inside.
 * @param script name of that script, at the root of delivery
 */
export function answerFrame(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  script: string,
): void {
  const number = zoneId(queryValue(query, 'zone') ?? '');
  if (number === undefined) {
    sendProblem(response, new AppError('bad_request', 'Name a zone, like ?zone=12.'));
    return;
  }
  const { inventory } = delivery;
  if (inventory !== undefined && inventory.zone(number) === undefined) {
    sendProblem(response, new AppError('unknown_zone', `There is no zone ${number}.`));
    return;
  }
  const nowMs = delivery.now();
  const client = delivery.clients.readConsented(request, nowMs, query);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const lines = delivery.spool.begin();
  ad.length = 0;
  const logged = decideZone(delivery, inventory, client, number, nowMs, pageOf(client, query), ad, lines);
  const headers = withCookies(frameHeaders, client.audience);
  const reply = new ServedReply(response, 200, headers, frameDocument(number, ad.toString(), script));
  if (logged) delivery.spool.appendBegun(1, reply);
  else reply.written(true);
}

/** The decision that is being put together; there is one at a time. */
const ad = new ByteText(4096);

/** A data block is no script: the policy lets it be. Margins by attributes, since styles would be inline. */
function frameDocument(zone: number, ad: string, script: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>Advertisement</title></head><body marginwidth="0" marginheight="0"><ins class="signpost" data-zone="${zone}"></ins><script type="application/json">${ad.replaceAll('<', '\\u003c')}</script><script src="../${script}"></script></body></html>`;
}
