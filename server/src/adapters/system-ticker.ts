import type { Ticker } from '../kernel/ticker.ts';

/** The machine's timers. They keep no process alive. */
export const systemTicker: Ticker = {
  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds).unref();
    return () => clearInterval(timer);
  },
};
