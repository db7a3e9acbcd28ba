/** Why the web service gave no answer; the message holds neither address nor key. */
export class GeoWebServiceError extends Error {
  /** MaxMind's code, like `AUTHORIZATION_INVALID`, or the client's, like `NETWORK_TIMEOUT`. */
  readonly code: string;
  /** Whether to ask again soon makes no sense: account, key or funds are missing, or the request is not understood. */
  readonly lasting: boolean;

  constructor(code: string, status?: number) {
    super(`MaxMind's web service answered ${code}${status === undefined ? '' : ` (HTTP ${status})`}`);
    this.name = 'GeoWebServiceError';
    this.code = code;
    this.lasting = status !== undefined && status >= 400 && status < 500 && status !== 429;
  }
}
