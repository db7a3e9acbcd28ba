// Loaded before a process of the product (NODE_OPTIONS=--import): its wall clock is off by as many milliseconds as
// CLOCK_FILE says, and follows the file. Monotonic clocks and timers go on, as when a machine's clock is set.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_FILE;
const RealDate = Date;
let offsetMs = 0;
const look = () => {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Being replaced.
  }
};
if (file !== undefined) {
  look();
  setInterval(look, 25).unref();
  const now = () => RealDate.now() + offsetMs;
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }
    static now() {
      return now();
    }
  };
}
