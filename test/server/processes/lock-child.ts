import { AppError } from '../../../server/errors.ts';
import { takeLock } from '../../../server/processes/lock.ts';
import { allReady } from '../secrets/gate.ts';

/** A process of its own that wants a lock: `lock-child <port> <dataDir>`. Says how it went, holds on until told. */
const [, , port, dataDir = ''] = process.argv;
await allReady(port);
try {
  takeLock(dataDir, 'signpost');
  process.stdout.write(`taken ${process.pid}\n`);
} catch (error) {
  process.stdout.write(error instanceof AppError ? `${error.code} ${error.message}\n` : `${error}\n`);
}
process.stdin.resume();
