import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

export interface Mail {
  readonly to: readonly string[];
  /** The message as it came over the wire. */
  readonly text: string;
}

/** As much of SMTP (RFC 5321) as a client needs to hand over a message. */
export class MailServer {
  readonly mails: Mail[] = [];
  /** Answers to the end of the next messages, in place of taking them; `cut`: takes it and says nothing. */
  readonly faults: (string | 'cut')[] = [];
  /** Recipients that are refused. */
  readonly unknown = new Set<string>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<MailServer> {
    const server = createServer();
    const mail = new MailServer(server);
    server.on('connection', (socket) => mail.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/?ignoreTLS=true`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    let to: string[] = [];
    let data: string | undefined;
    let rest = '';
    const say = (text: string) => socket.write(`${text}\r\n`);
    say('220 test');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== undefined && line !== '.') data += `${line.replace(/^\./, '')}\r\n`;
        else if (data !== undefined) {
          const fault = this.faults.shift();
          if (fault === undefined || fault === 'cut') this.mails.push({ to, text: data });
          data = undefined;
          if (fault === 'cut') socket.destroy();
          else say(fault ?? '250 taken');
        } else if (/^(EHLO|HELO)/i.test(line)) say('250 test');
        else if (/^MAIL/i.test(line)) {
          to = [];
          say('250 ok');
        } else if (/^RCPT/i.test(line)) {
          const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
          if (this.unknown.has(address)) say('550 nobody of that name');
          else {
            to.push(address);
            say('250 ok');
          }
        } else if (/^DATA/i.test(line)) {
          data = '';
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  }
}
