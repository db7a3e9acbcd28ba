import { dayKey, readSigningKeys } from '../../../server/secrets/key-files.ts';
import { allReady } from './gate.ts';

/** A process of its own that asks for keys: `read-keys-child <port> <dataDir> <day>`. Prints them. */
const [, , port, dataDir = '', day = ''] = process.argv;
await allReady(port);
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
const today = hex(dayKey(dataDir, day));
const signing = readSigningKeys(dataDir).map(({ id, key }) => `${id} ${hex(key)}`);
process.stdout.write(`${[today, ...signing].join(' ')}\n`);
