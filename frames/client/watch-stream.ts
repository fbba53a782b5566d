import type { WatchEvent } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { statusErrorOf } from './status-error.ts';

/** The events of a watch, one JSON document a line. An ERROR event is thrown as StatusError. */
export async function* readWatchEvents<T>(response: Response): AsyncGenerator<WatchEvent<T>> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') continue;
      const event = JSON.parse(line) as WatchEvent<T>;
      if (event.type === 'ERROR') throw statusErrorOf(event.object as unknown as Status);
      yield event;
    }
  }
}
