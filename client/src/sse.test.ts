import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSseParser, type ServerSentEvent } from './sse.ts';

function parse(...pieces: readonly string[]): readonly ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const push = createSseParser((event) => events.push(event));
  for (const piece of pieces) push(piece);
  return events;
}

describe('an event stream', () => {
  const cases: readonly [string, string, readonly ServerSentEvent[]][] = [
    ['an event with a name', 'event: beat\ndata: {}\n\n', [{ name: 'beat', data: '{}' }]],
    ['one without', 'data: x\n\n', [{ name: 'message', data: 'x' }]],
    ['several lines of data', 'data: a\ndata:b\ndata\n\n', [{ name: 'message', data: 'a\nb\n' }]],
    ['one space is cut off, a second is not', 'data:  x\n\n', [{ name: 'message', data: ' x' }]],
    ['no data, no event', 'event: beat\n\ndata: x\n\n', [{ name: 'message', data: 'x' }]],
    ['comments, ids and unknown fields', ': c\nid: 1\nretry: 9\nx\ndata: x\n\n', [{ name: 'message', data: 'x' }]],
    ['a mark of byte order at the start', '\uFEFFdata: x\n\n', [{ name: 'message', data: 'x' }]],
    ['a colon in the data', 'data: a:b\n\n', [{ name: 'message', data: 'a:b' }]],
    ['an event that is not ended', 'data: x\n', []],
    ['names that are members of objects', 'event: __proto__\ndata: x\n\n', [{ name: '__proto__', data: 'x' }]],
  ];
  for (const [name, text, events] of cases) test(name, () => assert.deepEqual(parse(text), events));

  test('means the same with every line end, however it is cut', () => {
    const text = ': hello\nevent: a\ndata: 1\ndata: 2\n\n\nevent: b\ndata: 3\n\ndata: 4\n\n';
    const whole = parse(text);
    assert.equal(whole.length, 3);
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(ends, fc.array(fc.nat(text.length * 2)), (end, cuts) => {
        const written = text.replaceAll('\n', end);
        const places = [0, ...cuts.toSorted((a, b) => a - b), written.length];
        const pieces = places.map((place, index) => written.slice(place, places[index + 1] ?? written.length));
        assert.deepEqual(parse(...pieces), whole);
      }),
      { seed: 3 },
    );
  });
});

describe('memory stays bounded', () => {
  const endless: readonly [string, string][] = [
    ['a line that never ends', 'x'.repeat(1_000)],
    ['lines of data that never become an event', `data: ${'x'.repeat(1_000)}\n`],
    ['empty lines of data that never become an event', 'data\n'.repeat(1_000)],
  ];
  for (const [name, piece] of endless) {
    test(name, () => {
      const push = createSseParser(() => assert.fail('there is no event'));
      const flood = () => {
        for (let place = 0; place < 1_200; place += 1) push(piece);
      };
      assert.throws(flood, RangeError);
    });
  }

  test('comments without end are nothing', () => {
    const push = createSseParser(() => assert.fail('there is no event'));
    for (let place = 0; place < 3_000; place += 1) push(`: ${'x'.repeat(1_000)}\n`);
  });
});
