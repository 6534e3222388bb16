import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { RequestLogger } from './request-logger.ts';

function setUp() {
  const lines: Record<string, unknown>[] = [];
  let children = 0;
  const onChild = () => {
    children += 1;
  };
  const options = { level: 'trace', base: null, timestamp: false, onChild };
  const parent = pino(options, { write: (text) => lines.push(JSON.parse(text)) });
  return { log: new RequestLogger(parent, { requestId: 'r1' }, {}), lines, children: () => children };
}

test('a logger of a request names it in each line, at each level', () => {
  const { log, lines } = setUp();
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  for (const level of levels) log[level]({ level }, 'told %d times', 2);
  log.silent('nothing');
  assert.deepEqual(
    lines,
    levels.map((level) => ({ level, requestId: 'r1', msg: 'told 2 times' })),
  );
  assert.equal(log.level, 'trace');
});

test('its child has its own fields and those of the request', () => {
  const { log, lines } = setUp();
  log.child({ part: 'mail' }, {}).info('sent');
  assert.deepEqual(lines, [{ level: 30, requestId: 'r1', part: 'mail', msg: 'sent' }]);
});

test('the logger behind it is made once, and only for a line', () => {
  const { log, children } = setUp();
  assert.equal(children(), 0);
  log.info('one');
  log.info('two');
  assert.equal(children(), 1);
});
