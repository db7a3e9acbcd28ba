import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const accessKeyId = 'AKIDEXAMPLE';
export const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** As much of S3 as puts objects, also in parts; a request whose signature (AWS version 4) is wrong is refused. */
export class ObjectStore {
  readonly objects = new Map<string, Buffer>();
  readonly types = new Map<string, string | undefined>();
  /** Statuses that the next requests are answered with. */
  readonly faults: number[] = [];
  readonly #uploads = new Map<string, Map<number, Buffer>>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ObjectStore> {
    const server = createServer();
    const store = new ObjectStore(server);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { status, body = '', etag = '"e"' } = store.#answer(request, Buffer.concat(chunks));
      response.writeHead(status, { 'Content-Type': 'application/xml', ETag: etag }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bucket`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, body: Buffer): { status: number; body?: string; etag?: string } {
    const fault = this.faults.shift();
    if (fault !== undefined) return { status: fault, body: '<Error><Code>SlowDown</Code></Error>' };
    if (!signed(request)) return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };
    const url = new URL(request.url ?? '', 'http://localhost');
    const key = decodeURIComponent(url.pathname.replace(/^\/bucket\//, ''));
    const upload = url.searchParams.get('uploadId');
    if (request.method === 'PUT' && upload !== null) {
      this.#uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), body);
      return { status: 200, etag: `"${createHash('md5').update(body).digest('hex')}"` };
    }
    if (request.method === 'PUT') {
      this.objects.set(key, body);
      this.types.set(key, request.headers['content-type']);
      return { status: 200 };
    }
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      this.#uploads.set('one', new Map());
      const xml = `<InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>${key}</Key><UploadId>one</UploadId></InitiateMultipartUploadResult>`;
      return { status: 200, body: xml };
    }
    if (request.method === 'POST' && upload !== null) {
      const parts = [...(this.#uploads.get(upload) ?? [])].sort(([a], [b]) => a - b);
      this.objects.set(key, Buffer.concat(parts.map(([, part]) => part)));
      const xml = `<CompleteMultipartUploadResult><Location>x</Location><Bucket>bucket</Bucket><Key>${key}</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>`;
      return { status: 200, body: xml };
    }
    return { status: 405 };
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signed(request: IncomingMessage): boolean {
  const [, credential = '', names = '', signature = ''] =
    /Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const [id, day = '', region = '', service = ''] = credential.split('/');
  const header = (name: string) => String(request.headers[name] ?? '');
  const url = new URL(request.url ?? '', 'http://localhost');
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    ...[request.method, url.pathname, query],
    ...names.split(';').map((name) => `${name}:${header(name).trim()}`),
    ...['', names, header('x-amz-content-sha256')],
  ].join('\n');
  const scope = [day, region, service, 'aws4_request'].join('/');
  const text = [
    'AWS4-HMAC-SHA256',
    header('x-amz-date'),
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ];
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return id === accessKeyId && createHmac('sha256', key).update(text.join('\n')).digest('hex') === signature;
}
