/**
 * A process that asks for nothing but to run for an instant every two milliseconds, ahead of all others. Where it was kept from that, the
 * machine stood still: its host took the core away, or its kernel gave it to nobody. To any message it answers with the gaps since the last.
 */
import { watchGaps } from './gaps.ts';

const gaps = watchGaps();
process.on('message', () => process.send?.(gaps.take()));
process.on('disconnect', () => process.exit());
