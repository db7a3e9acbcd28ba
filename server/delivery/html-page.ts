import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import { readToken } from './beacon.ts';
import type { Delivery } from './delivery.ts';
import { fillTemplate, inHtml } from './macro-values.ts';
import { documentMacros } from './own-values.ts';
import { creativeOf } from './preview.ts';
import { corsHeaders, send, sendProblem } from './reply.ts';
import { closedSandbox, openSandbox } from './sandbox.ts';

/** GET /v1/h/<token>: the snippet of the decision's creative as a document for a frame. Records nothing. */
export function answerHtml(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): void {
  const nowMs = delivery.now();
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const snippet = delivery.inventory?.snippet(creativeOf(decided));
  if (snippet === undefined) {
    sendProblem(response, new AppError('not_found', 'The ad is no longer there.'));
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const asked = snippet.asksOwn ? documentMacros(delivery, client, decided, nowMs) : undefined;
  const facts = {
    ...{ publicUrl: delivery.publicUrl, token, decided, location: client.location },
    own: asked?.own,
  };
  const body = fillTemplate(snippet.template, facts, inHtml);
  const headers = [
    ...['Content-Type', 'text/html; charset=utf-8', 'Cache-Control', 'no-store'],
    ...['X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'cross-origin'],
    ...(snippet.thirdParty ? openSandbox : closedSandbox),
    // What the advertiser keeps here is not for the page around it to fetch.
    ...(asked === undefined ? corsHeaders : []),
    ...(asked?.cookie === undefined ? [] : ['Set-Cookie', asked.cookie]),
  ];
  send(
    response,
    200,
    headers,
    `<!doctype html><meta charset="utf-8"><title>Advertisement</title><style>body{margin:0}</style>${body}`,
  );
}
