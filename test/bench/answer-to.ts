import { connect } from 'node:net';

/** For the bare server: what it is to send. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn, without those that `node:http` adds by itself. */
  readonly headers: string[];
  readonly body: string;
}

const added = new Set(['date', 'connection', 'keep-alive']);

/** What a server answers to a request, given as its head with the empty line. */
export function answerTo(port: number, head: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(head));
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [start = '', ...lines] = text.slice(0, end).split('\r\n');
      const pairs = lines.map(
        (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const,
      );
      const body = text.slice(end + 4);
      const length = Number(pairs.find(([name]) => name === 'Content-Length')?.[1] ?? 0);
      if (Buffer.byteLength(body) < length) return;
      socket.destroy();
      const headers = pairs.filter(([name]) => !added.has(name.toLowerCase())).flat();
      resolve({ status: Number(start.split(' ')[1]), headers, body });
    });
  });
}
