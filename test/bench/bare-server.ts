/** A bare `node:http` server that gives every request the same answer: the status, headers and body in its argument. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerUsage } from './processes.ts';

const { status, headers, body } = JSON.parse(process.argv[2] as string) as {
  status: number;
  headers: string[];
  body: string;
};
const server = createServer((_request, response) => {
  response.writeHead(status, headers);
  response.end(body);
});
answerUsage();
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
