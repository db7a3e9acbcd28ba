import type { IncomingMessage } from 'node:http';
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { Attempts, createAuthenticator } from '../accounts/index.ts';
import { databaseProblem, type Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { ApprovalPolicy } from '../inventory/index.ts';
import type { Sealer } from '../secrets/index.ts';
import { createAudited } from './audited.ts';
import { groupBy } from './group-by.ts';
import { createDocument } from './openapi.ts';
import type { Route, RouteServices } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { approvalRoute } from './routes/approval.ts';
import { assetRoutes } from './routes/assets.ts';
import { auditRoute } from './routes/audit.ts';
import { bundleRoutes } from './routes/bundles.ts';
import { creativeFileRoute } from './routes/creative-file.ts';
import { demoRoutes } from './routes/demo.ts';
import { documentRoutes } from './routes/document.ts';
import { duplicateRoutes } from './routes/duplicates.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { mailRoutes } from './routes/mails.ts';
import { passwordRoutes } from './routes/passwords.ts';
import { secondFactorRoutes } from './routes/second-factor.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { tagRoutes } from './routes/tag.ts';
import { userRoutes } from './routes/users.ts';
import { sendProblem } from './send.ts';

export interface ApiDependencies {
  readonly db: Kysely<Tables>;
  readonly logger: Logger;
  /** Where browsers reach delivery, like `https://ads.example.com`: goes into tags. */
  readonly publicUrl: string;
  /** Where people reach the console, like `https://console.example.com`: goes into links. */
  readonly consoleUrl: string;
  /** Taken in place of an API key, for the command line on the same machine. */
  readonly localToken: string | undefined;
  /** Of secrets that have to be known again. */
  readonly sealer: Sealer;
  /** Called after each change of the inventory, and not waited for. */
  inventoryChanged(): void;
  /** Of a client, behind proxies that are trusted. Default: the connection's other end. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** The client's network, like `192.0.2.0/24`, for the audit log. Default: it has none. */
  readonly networkOf?: (request: IncomingMessage) => string | null;
  /** Of prices, budgets and spend, ISO 4217. Default: USD. */
  readonly currency?: string;
  /** Default: there is no mail server. */
  readonly mails?: MailControl;
  /** Whether new creatives wait for approval. Default: off. */
  readonly approval?: ApprovalPolicy;
  /** Whether interest categories may be about what the law guards most. Default: refused. */
  readonly sensitiveInterests?: 'refused' | 'allowed';
  /** Of other parts of the product: mounted and documented with the rest. */
  readonly routes?: readonly Route[];
}

export interface MailControl {
  /** Called when a mail was queued, and not waited for. */
  wake(): void;
}

/** What the routes that take passwords need. */
export interface SignInParts {
  readonly db: Kysely<Tables>;
  readonly attempts: Attempts;
  readonly consoleUrl: string;
  readonly mails: MailControl | undefined;
  readonly sealer: Sealer;
  addressOf(request: IncomingMessage): string;
}

/**
 * The management API, to be mounted at `/api/v1`. It reads bodies itself: mount no body parser before it. Every
 * error is answered with a problem document; none goes on to the application.
 */
export function createApi(dependencies: ApiDependencies): Router {
  const { db, logger, localToken, consoleUrl } = dependencies;
  const signInParts: SignInParts = {
    ...{ db, consoleUrl, mails: dependencies.mails, sealer: dependencies.sealer },
    attempts: new Attempts(),
    addressOf: dependencies.addressOf ?? ((request) => request.socket.remoteAddress ?? ''),
  };
  const routes: Route[] = [
    ...inventoryRoutes(dependencies),
    ...duplicateRoutes(dependencies),
    approvalRoute(dependencies),
    ...assetRoutes(dependencies),
    ...bundleRoutes(dependencies),
    creativeFileRoute(dependencies),
    ...tagRoutes(dependencies),
    ...demoRoutes(dependencies),
    ...userRoutes(dependencies),
    ...apiKeyRoutes(dependencies),
    ...accountRoutes(dependencies),
    ...sessionRoutes(signInParts),
    ...passwordRoutes(signInParts),
    ...secondFactorRoutes(signInParts),
    ...mailRoutes(signInParts),
    auditRoute(dependencies),
    ...(dependencies.routes ?? []),
  ];
  routes.push(...documentRoutes(() => createDocument(routes)));
  const services: RouteServices = {
    ...{ logger, db },
    authenticate: createAuthenticator(db, localToken),
    audited: createAudited(db, dependencies.networkOf ?? (() => null)),
  };

  const router = Router({ caseSensitive: true });
  for (const [path, group] of groupBy(routes, (route) => expressPath(route.path))) {
    for (const route of group) router[route.method](path, handler(route, services));
    router.all(path, wrongMethod(group));
  }
  router.use(() => {
    throw new AppError('not_found', 'There is nothing at this address.');
  });
  // Express tells an error handler by its four parameters.
  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    fail(error, request, response, logger);
  });
  return router;
}

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function handler(route: Route, services: RouteServices): RequestHandler {
  return (request, response) => route.run(request, response, services);
}

function wrongMethod(group: readonly Route[]): RequestHandler {
  const methods = group.map((route) => route.method.toUpperCase());
  if (methods.includes('GET')) methods.push('HEAD');
  const allow = [...methods, 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') response.writeHead(204, { Allow: allow }).end();
    else {
      const error = new AppError(
        'method_not_allowed',
        `${request.method} does not fit; allowed are ${allow}.`,
      );
      sendProblem(response, error, { Allow: allow });
    }
  };
}

function fail(error: unknown, request: Request, response: Response, logger: Logger): void {
  const problem = asProblem(error);
  if (problem.status >= 500 && !response.destroyed) {
    // Neither URL nor body nor address: they may hold what must not be in a log.
    const where = { method: request.method, route: request.route?.path };
    logger.error(
      { ...where, code: problem.code, err: loggable(problem.cause ?? problem) },
      'API request failed',
    );
  }
  if (response.headersSent) response.destroy();
  else sendProblem(response, problem);
}

function asProblem(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = databaseProblem(error);
  if (known !== undefined) return known;
  // Express's own, for an address that cannot be decoded.
  if (error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400)) {
    return new AppError('bad_request', 'The address cannot be decoded.', { cause: error });
  }
  return new AppError('internal', 'The request failed. The log of the server says why.', { cause: error });
}

/** A driver's error also carries values of the statement; those stay out of the log. */
function loggable(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error ? { code: error.code } : {}),
  };
}
