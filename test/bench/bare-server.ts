/** A bare `node:http` server that gives the answers in the file of its argument, a list of them, in turn. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answer-to.ts';
import { answerUsage } from './processes.ts';

const answers = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as readonly Answer[];
let next = 0;
const server = createServer((_request, response) => {
  const { status, headers, body } = answers[next] as Answer;
  next = (next + 1) % answers.length;
  response.writeHead(status, headers);
  response.end(body);
});
answerUsage();
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
