import type { WatchEvent } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { statusErrorOf } from './status-error.ts';

/**
 * The events of a watch, one JSON document a line. An ERROR event is thrown as StatusError. Ends when the signal aborts:
 * the stream is cancelled here, as the signal of a Request may be collected with it before the answer has ended.
 */
export async function* readWatchEvents<T>(response: Response, signal?: AbortSignal): AsyncGenerator<WatchEvent<T>> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => {}); // a stream that failed already needs no end
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  let rest = '';
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (rest + decoder.decode(chunk.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') continue;
        const event = JSON.parse(line) as WatchEvent<T>;
        if (event.type === 'ERROR') throw statusErrorOf(event.object as unknown as Status);
        yield event;
      }
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}
