import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  PlainConnection,
  type PlainOptions,
  plainAnswer,
} from '../../../server/delivery/plain-connection.ts';
import { regionalInventory, testDelivery } from '../../support/delivery.ts';

const ask = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Everything that comes on a connection, for as long as it is open. */
class Client {
  readonly socket: Socket;
  text = '';
  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.text += text;
    });
    this.socket.on('error', () => undefined);
    open.push({ close: () => this.socket.destroy() });
  }
  async answers(count: number): Promise<string[]> {
    while (this.text.split('HTTP/1.1 ').length - 1 < count || !this.#complete())
      await once(this.socket, 'data');
    return this.text.split(/(?=HTTP\/1\.1 )/);
  }
  #complete(): boolean {
    const last = this.text.slice(this.text.lastIndexOf('HTTP/1.1 '));
    const length = Number(/content-length: (\d+)/i.exec(last)?.[1] ?? 0);
    const bodyAt = last.indexOf('\r\n\r\n');
    return bodyAt >= 0 && last.length - bodyAt - 4 >= length;
  }
}

describe('the delivery server', () => {
  async function start() {
    const delivery = await testDelivery(regionalInventory());
    open.push(delivery);
    return { delivery, client: new Client(delivery.port) };
  }

  it('answers plain requests one after the other on one connection', async () => {
    const { client, delivery } = await start();
    for (let at = 1; at <= 3; at++) {
      client.socket.write(ask('/v1/ad?zone=12'));
      expect(await client.answers(at)).toHaveLength(at);
    }
    const [head = '', body = ''] = client.text.slice(client.text.lastIndexOf('HTTP/1.1')).split('\r\n\r\n');
    expect(head.split('\r\n').map((line) => line.replace(/^(Date|Content-Length): .*/, '$1'))).toEqual([
      'HTTP/1.1 200 OK',
      'Content-Type: application/json; charset=utf-8',
      'Cache-Control: no-store',
      'Access-Control-Allow-Origin: *',
      'Connection: keep-alive',
      'Date',
      'Content-Length',
    ]);
    expect(JSON.parse(body)).toMatchObject({ zone: 12, noFill: null });
    expect(delivery.events()).toHaveLength(3);
  });

  it('answers a request that comes in pieces, and all that follow', async () => {
    const { client } = await start();
    const text = ask('/v1/ad?zone=12');
    client.socket.write(text.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.socket.write(text.slice(20));
    await client.answers(1);
    client.socket.write(text);
    const answers = await client.answers(2);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200']);
    expect(client.text).toContain('Keep-Alive: timeout=65');
  });

  it('answers pipelined requests of all kinds in their order', async () => {
    const { client, delivery } = await start();
    const paths = [
      '/v1/ad?zone=12',
      '/healthz',
      '/v1/ad?zone=13',
      '/v1/ad?zone=99',
      '/nowhere',
      '/v1/ad?zone=12',
    ];
    client.socket.write(ask(paths[0] as string));
    for (const path of paths.slice(1)) client.socket.write(ask(path));
    const answers = await client.answers(paths.length);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200', '200', '404', '404', '200']);
    expect(answers.map((answer) => /"zone":(\d+)/.exec(answer)?.[1])).toEqual([
      '12',
      undefined,
      '13',
      ...[undefined, undefined],
      '12',
    ]);
    expect(delivery.events()).toHaveLength(3);
  });

  it('closes when it is asked to, and when the other side has said all', async () => {
    const { client, delivery } = await start();
    client.socket.write(ask('/v1/ad?zone=12', 'Connection: close\r\n'));
    await once(client.socket, 'end');
    expect(client.text).toContain('Connection: close');
    const half = new Client(delivery.port);
    half.socket.end(ask('/v1/ad?zone=12'));
    await once(half.socket, 'end');
    expect(half.text).toContain('200 OK');
  });

  it('answers what is under way before it closes, and lets no silent connection hold it up', async () => {
    const { client, delivery } = await start();
    const silent = new Client(delivery.port);
    const fresh = new Client(delivery.port);
    await once(fresh.socket, 'connect');
    silent.socket.write(ask('/v1/ad?zone=12'));
    await silent.answers(1);
    client.socket.write(ask('/v1/ad?zone=12'));
    await client.answers(1);
    const from = Date.now();
    open.splice(open.indexOf(delivery), 1);
    await delivery.close();
    expect(Date.now() - from).toBeLessThan(3000);
  });

  it('sends text beyond ASCII whole', async () => {
    const inventory = regionalInventory();
    const creatives = inventory.creatives.map((creative) => ({ ...creative, alt: '旗幟 ☂ ä' }));
    const delivery = await testDelivery({ ...inventory, creatives });
    open.push(delivery);
    const client = new Client(delivery.port);
    client.socket.write(ask('/v1/ad?zone=12'));
    const [answer = ''] = await client.answers(1);
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
    expect(JSON.parse(body.toString('utf8'))).toMatchObject({ creative: { alt: '旗幟 ☂ ä' } });
  });
});

describe('a plain connection', () => {
  async function serve(
    options: Partial<PlainOptions>,
  ): Promise<{ client: Client; connection: PlainConnection }> {
    let made: PlainConnection | undefined;
    const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
      made = new PlainConnection(socket, {
        answer: () => false,
        handOver: (_, taken) => taken.destroy(),
        firstTimeoutMs: 5000,
        keepAliveMs: 5000,
        ...options,
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const client = new Client((server.address() as AddressInfo).port);
    while (made === undefined) await new Promise(setImmediate);
    return { client, connection: made };
  }

  it('ends after the time of silence that is its own: before the first request, and after one', async () => {
    const first = await serve({ firstTimeoutMs: 30 });
    await once(first.client.socket, 'end');
    const answer: PlainOptions['answer'] = (_, connection) => {
      connection.send(plainAnswer(200, [], Buffer.from('x')));
      return true;
    };
    const later = await serve({ answer, keepAliveMs: 30 });
    later.client.socket.write(ask('/'));
    await later.client.answers(1);
    await once(later.client.socket, 'end');
  });

  it('takes the next request when the one before is answered, and ends behind the last', async () => {
    const asked: string[] = [];
    const { client, connection } = await serve({
      answer: ({ target }) => {
        asked.push(target);
        return true;
      },
    });
    client.socket.write(ask('/1'));
    while (asked.length < 1) await new Promise(setImmediate);
    client.socket.write(ask('/2'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toEqual(['/1']);
    connection.send(plainAnswer(200, [], Buffer.from('one')));
    expect(asked).toEqual(['/1', '/2']);
    connection.close();
    connection.send(plainAnswer(204, [], Buffer.alloc(0)));
    await once(client.socket, 'end');
    expect(client.text.replaceAll(/Date: .*\r\n/g, '')).toBe(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\none' +
        'HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n',
    );
  });

  it('takes no more from a client that does not read its answers', async () => {
    let asked = 0;
    const { client } = await serve({
      answer: (_, connection) => {
        asked++;
        connection.send(plainAnswer(200, [], Buffer.alloc(1_000_000, 'x')));
        return true;
      },
    });
    client.socket.pause();
    for (let at = 0; at < 200; at++) {
      client.socket.write(ask('/'));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBeLessThan(50);
  });
});
