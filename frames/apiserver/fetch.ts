import { tooLarge } from './failures.ts';
import { type ApiRequest, type ApiResponse, maxBodyBytes, type StreamBody } from './request.ts';

/** A web Request as the server takes it. Who sends it proves nothing but what its headers hold. */
export function fromWebRequest(request: Request, certificate?: ApiRequest['certificate']): ApiRequest {
  const { pathname, searchParams } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    query: searchParams,
    header: (name) => request.headers.get(name) ?? undefined,
    headerNames: () => [...request.headers.keys()],
    readBody: async () => {
      const body = Buffer.from(await request.arrayBuffer());
      if (body.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
      return body;
    },
    certificate,
    toWeb: () => request,
  };
}

export function toWebResponse({ status, headers, body }: ApiResponse, signal: AbortSignal): Response {
  if (typeof body === 'function') return new Response(streamOf(body, signal), { status, headers });
  return new Response((body ?? null) as BodyInit | null, { status, headers });
}

function streamOf(body: StreamBody, signal: AbortSignal): ReadableStream<Uint8Array> {
  let running: Disposable | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      let open = true;
      const stop = (how: () => void) => {
        if (!open) return;
        open = false;
        running?.[Symbol.dispose]();
        how();
      };
      running = body({
        write: (chunk) => {
          if (open) controller.enqueue(chunk);
          return (controller.desiredSize ?? 1) > 0;
        },
        end: () => stop(() => controller.close()),
      });
      const aborted = () => stop(() => controller.error(signal.reason));
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    },
    cancel: () => running?.[Symbol.dispose](),
  });
}
