import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Session } from 'chdb';

/**
 * What the wire does to one request:
 * - `cut-body`: the connection breaks while the body is on its way; nothing is applied
 * - `error-before`, `error-after`: status 500, without or with the statement applied
 * - `cut-after`: applied, then the connection breaks
 * - `stall-before`, `stall-after`: no answer, ever; without or with the statement applied
 */
export type Fault =
  | 'cut-body'
  | 'error-before'
  | 'error-after'
  | 'cut-after'
  | 'stall-before'
  | 'stall-after';

export const faults: readonly Fault[] = [
  'cut-body',
  'error-before',
  'error-after',
  'cut-after',
  'stall-before',
  'stall-after',
];

export interface ClickHouseFront {
  readonly url: string;
  /** Called for each statement; what it returns happens to it. */
  fault: (sql: string) => Fault | undefined;
  /** Breaks the connections of all requests that were left without an answer. */
  endStalls(): void;
  /** Statements that were run by the engine. */
  readonly applied: string[];
  close(): Promise<void>;
}

/**
 * ClickHouse's HTTP interface, as far as `@clickhouse/client` uses it, on a loopback port over a real chDB engine in
 * this process: query in URL, body or form, `param_*`, `database`, streamed and gzipped bodies, error headers. A body
 * that ends early applies nothing, as on a server.
 */
export async function startClickHouseFront(dataDir: string): Promise<ClickHouseFront> {
  mkdirSync(dataDir, { recursive: true });
  const session = new Session(path.join(dataDir, 'engine'));
  let tail: Promise<unknown> = Promise.resolve();
  const engine = (sql: string): Promise<string> => {
    const result = tail.then(() => session.queryAsync(sql, { format: 'TSV' })).then((found) => found.text());
    tail = result.catch(() => undefined);
    return result;
  };
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    handle(request, response).catch(() => request.destroy());
  });
  const stalled = new Set<IncomingMessage>();
  const front: ClickHouseFront = {
    url: '',
    fault: () => undefined,
    endStalls() {
      for (const request of stalled) request.destroy();
      stalled.clear();
    },
    applied: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await tail;
      session.close();
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://front');
    const inUrl = url.searchParams.get('query');
    const early = inUrl === null ? undefined : front.fault(inUrl);
    const body = await readBody(request, early === 'cut-body');
    if (body === undefined) return;
    const call = readCall(request, url.searchParams, body);
    const fault = early ?? (inUrl === null ? front.fault(call.sql) : undefined);
    if (fault === 'cut-body') return void request.destroy();
    if (fault === 'stall-before') return void stalled.add(request);
    if (fault === 'error-before') return answerText(response, 500, 'an injected error');
    const result = await run(call);
    if (fault === 'stall-after') return void stalled.add(request);
    if (fault === 'cut-after') return void request.destroy();
    if (fault === 'error-after') return answerText(response, 500, 'an injected error');
    answer(request, response, url.searchParams, result);
  }

  async function run(call: Call): Promise<{ text: string } | { error: string }> {
    const file = path.join(dataDir, `body-${randomUUID()}`);
    try {
      let sql = call.sql;
      if (call.data !== undefined) {
        writeFileSync(file, call.data);
        sql = readFromFile(sql, file);
      }
      const text = await engine(`${call.prefix} ${sql}`);
      front.applied.push(call.sql);
      return { text };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    } finally {
      rmSync(file, { force: true });
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(front, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

interface Call {
  /** Statements that set database and parameters. */
  readonly prefix: string;
  readonly sql: string;
  readonly data: Buffer | undefined;
}

/** The body, or undefined where the client or the fault broke it off. */
async function readBody(request: IncomingMessage, cut: boolean): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) {
      if (cut) {
        request.destroy();
        return undefined;
      }
      chunks.push(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function readCall(request: IncomingMessage, search: URLSearchParams, body: Buffer): Call {
  const values = new Map(search);
  const boundary = /multipart\/form-data; boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined) {
    for (const part of body.toString('utf8').split(`--${boundary}`)) {
      const [, name, value] = /name="([^"]+)"[^\r]*(?:\r\n[^\r]+)*\r\n\r\n([\s\S]*)\r\n$/.exec(part) ?? [];
      if (name !== undefined && value !== undefined) values.set(name, value);
    }
  }
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const statements = [`USE \`${values.get('database') ?? 'default'}\`;`];
  for (const [name, value] of values) {
    if (name.startsWith('param_')) statements.push(`SET ${name} = ${quoted(value)};`);
  }
  const query = values.get('query');
  return {
    prefix: statements.join(' '),
    sql: query ?? body.toString('utf8'),
    data: query === undefined || boundary !== undefined ? undefined : body,
  };
}

/** chDB's `input()` reads nothing, so the body's rows come from a file. */
function readFromFile(sql: string, file: string): string {
  return sql
    .replace(/FROM input\(('(?:[^'\\]|\\.)*')\)/, (_, structure: string) => {
      return `FROM file('${file}', JSONEachRow, ${structure}, 'none')`;
    })
    .replace(/FORMAT JSONEachRow\s*$/, '');
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  search: URLSearchParams,
  result: { text: string } | { error: string },
): void {
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  if ('error' in result) {
    const code = /Code: (\d+)/.exec(result.error)?.[1];
    if (code !== undefined) response.setHeader('X-ClickHouse-Exception-Code', code);
    answerText(response, 500, result.error);
    return;
  }
  const zipped =
    search.get('enable_http_compression') === '1' &&
    String(request.headers['accept-encoding']).includes('gzip');
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.end(zipped ? gzipSync(result.text) : result.text);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}
