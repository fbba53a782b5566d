import { openMemoryStore } from '@croft/store/memory-store';
import { type ApiServer, type ApiServerOptions, createApiServer } from './server.ts';

/** A server of a test's own, and a short way to ask it. */
export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function startTestServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const stack = new AsyncDisposableStack();
  const store = options.store ?? stack.use(openMemoryStore());
  const server = stack.use(await createApiServer({ store, ...options }));
  return {
    server,
    call: async (method, path, body, headers = {}) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const init = { method, headers: { 'content-type': 'application/json', ...headers } };
      const request = new Request(`https://api.test${path}`, text === undefined ? init : { ...init, body: text });
      const response = await server.fetch(request);
      const answer = await response.text();
      return { status: response.status, headers: response.headers, body: parse(answer) };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
