/** One event of a stream, as the standard dispatches it. */
export interface ServerSentEvent {
  /** `message` where the server names none. */
  readonly name: string;
  readonly data: string;
}

/** An event, or a line of one, that is longer is no event of ours but an attack on the memory. Characters. */
const maxLength = 1_048_576;

/**
 * A parser for text/event-stream (WHATWG HTML §9.2.6), since not every platform has an EventSource, and none bounds it.
 * `id` and `retry` are passed over: the feed has no resume, and how often we come back is ours to say.
 *
 * @param dispatch is called for each complete event, in order
 * @returns takes the next piece of text, cut anywhere; throws RangeError when a line or an event is too long
 */
export function createSseParser(dispatch: (event: ServerSentEvent) => void): (text: string) => void {
  let line = '';
  let name = '';
  let data: string[] = [];
  let length = 0;
  let afterReturn = false;
  let atStart = true;

  const refuseLength = (): void => {
    if (length + line.length > maxLength) throw new RangeError('an event of the feed is too long');
  };

  const take = (field: string, value: string): void => {
    if (field === 'event') name = value;
    if (field !== 'data') return;
    data.push(value);
    length += value.length + 1;
    refuseLength();
  };

  const end = (): void => {
    if (line === '') {
      if (data.length > 0) dispatch({ name: name || 'message', data: data.join('\n') });
      [name, data, length] = ['', [], 0];
    } else {
      const colon = line.indexOf(':');
      const rest = colon < 0 ? '' : line.slice(colon + 1);
      take(colon < 0 ? line : line.slice(0, colon), rest.startsWith(' ') ? rest.slice(1) : rest);
    }
    line = '';
  };

  return (text) => {
    // "\r\n" may be cut in two, and must not count as two ends.
    let piece = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') afterReturn = text.endsWith('\r');
    if (atStart && piece !== '') {
      piece = piece.replace(/^\uFEFF/, '');
      atStart = false;
    }
    const [first = '', ...others] = piece.split(/\r\n|\n|\r/);
    line += first;
    for (const next of others) {
      end();
      line = next;
    }
    refuseLength();
  };
}
