/** Answers which standard report is asked for, by its number, with the milliseconds it took: on the folder in its argument. */
import { pino } from 'pino';
import { openClickHouse } from '../../analytics/index.ts';
import { ask, type Standard, standard } from './standard-reports.ts';

const clickhouse = await openClickHouse({
  url: undefined,
  dataDir: process.argv[2] as string,
  logger: pino({ level: 'error' }),
});
process.on('message', async (which: number) => {
  const started = performance.now();
  await ask(clickhouse, standard[which] as Standard);
  process.send?.(performance.now() - started);
});
process.on('disconnect', () => void clickhouse.close().then(() => process.exit(0)));
process.send?.('ready');
