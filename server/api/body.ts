import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** Content types that a JSON body is documented with; every other `+json` is taken too. */
export const jsonTypes = ['application/json'] as const;

/** Largest JSON body, in bytes. */
const maxJsonBytes = 1024 * 1024;
/** Deepest nesting of a JSON body. Validation is recursive, and a stack has an end. */
const maxJsonDepth = 64;

/**
 * Reads a body of at most `maxBytes`. Of a larger one no more is kept, but the rest is still taken off the wire, so
 * that the client gets to read the answer.
 * @throws AppError `body_too_large`, `unsupported_type` for compressed or multipart bodies, `bad_request` when the
 * client goes away.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new AppError('unsupported_type', 'The body must not be compressed (Content-Encoding).');
  }
  if (/^\s*multipart\//i.test(request.headers['content-type'] ?? '')) {
    throw new AppError(
      'unsupported_type',
      'Send the content itself as the body, not a form (curl: --data-binary @file).',
    );
  }
  const tooLarge = new AppError('body_too_large', `The body may have at most ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  return collect(request, maxBytes, tooLarge);
}

function collect(request: IncomingMessage, maxBytes: number, tooLarge: AppError): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const gone = () => finish(() => reject(new AppError('bad_request', 'The body ended early.')));
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks, size)));
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      finish(() => reject(tooLarge));
      request.resume();
    };
    const finish = (settle: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', gone).off('error', gone);
      // A stream without a listener for errors throws them.
      request.on('error', () => undefined);
      settle();
    };
    request.on('data', onData).on('end', onEnd).on('close', gone).on('error', gone);
  });
}

/**
 * Reads a JSON body.
 * @throws AppError `unsupported_type`, `body_too_large`, `malformed_json`; `invalid_input` for what no field can hold.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  checkJsonType(request.headers['content-type']);
  return parseJson(await readBody(request, maxJsonBytes));
}

/** A JSON body that was read. @throws AppError `malformed_json`; `invalid_input` for what no field can hold. */
export function parseJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = text.trim() === '' ? 'The body is empty.' : 'The body is not valid JSON.';
    throw new AppError('malformed_json', detail, { cause: error });
  }
  checkJson(value);
  return value;
}

/** @throws AppError `unsupported_type` */
export function checkJsonType(header: string | undefined): void {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((text) => /^\s*charset\s*=\s*"?([\w-]+)"?\s*$/.exec(text)?.[1])
    .find(Boolean);
  const isJson = /^application\/(json|[\w.!#$&^+-]+\+json)$/.test(type.trim());
  if (isJson && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  throw new AppError(
    'unsupported_type',
    'The body must be JSON in UTF-8, with Content-Type: application/json.',
  );
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AppError('malformed_json', 'The body is not valid UTF-8.', { cause: error });
  }
}

/** What PostgreSQL's text cannot hold: NUL, and halves of surrogate pairs. */
export function holdsUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}

/** Walks without recursion, since the depth is what it is there to check. */
function checkJson(root: unknown): void {
  const refuse = (message: string) =>
    new AppError('invalid_input', message, { fields: [{ path: '', message }] });
  const stack: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && holdsUnstorable(value)) {
      throw refuse('The body has a text with a NUL character or half of a surrogate pair.');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxJsonDepth) throw refuse(`The body is nested more than ${maxJsonDepth} levels deep.`);
    for (const [key, child] of Object.entries(value)) {
      if (holdsUnstorable(key))
        throw refuse('The body has a key with a NUL character or half of a surrogate pair.');
      stack.push({ value: child, depth: depth + 1 });
    }
  }
}
