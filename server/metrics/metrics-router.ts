import { type Request, type RequestHandler, Router } from 'express';
import { clientAddress, contains, type TrustedProxies } from '../../geo-db/index.ts';
import { AppError } from '../errors.ts';
import { type Samples, textOf } from './samples.ts';

export interface MetricsRouterOptions {
  readonly machine: string;
  /** This machine's. */
  readonly samples: () => Promise<Samples>;
  /** Those of the others; may reject, and is left out then. */
  readonly others: () => Promise<ReadonlyMap<string, Samples>>;
  /** Who needs no key. */
  readonly networks: TrustedProxies;
  /** @throws AppError `unauthorized` */
  readonly authenticate: (request: Request) => Promise<void>;
}

/**
 * `GET /metrics` in Prometheus' text format. An API key opens it to anybody; without one it is for the networks of the
 * setting, and only where no proxy stands between: behind a proxy on this machine, everybody would be loopback.
 */
export function metricsRouter(options: MetricsRouterOptions): Router {
  const answer: RequestHandler = async (request, response) => {
    if (!isNear(request, options.networks)) await options.authenticate(request);
    const others = await options.others().catch(() => new Map<string, Samples>());
    const own = { ...(await options.samples()), signpost_metrics_age_seconds: 0 };
    const text = textOf(new Map([...others, [options.machine, own]]));
    response.writeHead(200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    response.end(text);
  };
  return Router()
    .get('/metrics', answer)
    .all('/metrics', () => {
      throw new AppError('method_not_allowed', 'Allowed here: GET.');
    });
}

const signsOfProxies = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

function isNear(request: Request, { networks }: TrustedProxies): boolean {
  if (request.headers.authorization !== undefined) return false;
  if (signsOfProxies.some((name) => request.headers[name] !== undefined)) return false;
  const address = clientAddress(request.socket.remoteAddress, undefined, { networks });
  return address !== undefined && networks.some((network) => contains(network, address));
}
