import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import type { Delivery } from '../delivery.ts';
import { sendProblem } from '../reply.ts';

/** The pages that links in letters to members lead to: GET of /v1/members/page/<what> and /v1/members/unsubscribe. */
export function answerMemberPage(
  _delivery: Delivery,
  _request: IncomingMessage,
  response: ServerResponse,
  _path: string,
  _query: string,
): void {
  sendProblem(response, new AppError('not_found', 'There is nothing at this address.'));
}
