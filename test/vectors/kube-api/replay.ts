import { setTimeout as delay } from 'node:timers/promises';
import { type CompareOptions, compare } from './compare.ts';
import { normalize } from './normalize.ts';
import { pick } from './pick.ts';
import { Bindings } from './placeholders.ts';
import type { RecordedRequest, RecordedResponse, Scenario, Step } from './scenario.ts';
import { WatchReader } from './watch-reader.ts';

/** Sends a recorded request; `identity` says as whom. */
export type Send = (request: Request, identity: 'admin' | 'anonymous' | 'token') => Promise<Response>;

export interface ReplayOptions {
  readonly send: Send;
  /** What static tokens stand for `<token:NAME>`. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly managedFields: boolean;
  /** How long an answer that comes eventually may take. */
  readonly patienceMs: number;
}

const comparedHeaders = ['content-type', 'warning', 'location', 'allow', 'www-authenticate', 'retry-after'];

/** Runs one scenario; gives the first difference. */
export async function replay(scenario: Scenario, options: ReplayOptions): Promise<string | undefined> {
  const run = new Run(options);
  try {
    for (const [index, step] of scenario.steps.entries()) {
      const problem = await run.step(step);
      if (problem !== undefined) return `step ${index + 1}: ${describe(step)}: ${problem}`;
    }
    return undefined;
  } finally {
    run.stop();
  }
}

function describe({ request, watchRead, watchQuiet, watchEnded }: Step): string {
  if (request !== undefined) return `${request.method} ${request.path}`;
  return watchRead !== undefined
    ? 'watch'
    : watchQuiet !== undefined
      ? 'quiet watch'
      : watchEnded !== undefined
        ? 'end of watch'
        : 'note';
}

class Run {
  readonly #options: ReplayOptions;
  readonly #bindings = new Bindings();
  readonly #watches = new Map<string, WatchReader>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
  }

  async step(step: Step): Promise<string | undefined> {
    if (step.watchStart !== undefined) return await this.#startWatch(step, step.watchStart);
    if (step.request !== undefined) return await this.#request(step, step.request);
    if (step.watchRead !== undefined) return await this.#readEvents(step, step.watchRead);
    if (step.watchQuiet !== undefined) return await this.#watch(step.watchQuiet).quiet(step.ms ?? 300);
    if (step.watchEnded !== undefined) return await this.#endWatch(step, step.watchEnded);
    if (step.watchStop !== undefined) this.#watch(step.watchStop).stop();
    if (step.claims !== undefined) return this.#compareClaims(step.claims);
    return undefined;
  }

  async #request(step: Step, request: RecordedRequest): Promise<string | undefined> {
    const until = Date.now() + (step.eventually ? this.#options.patienceMs : 0);
    for (;;) {
      const bindings = this.#bindings.fork();
      const response = await this.#send(request, new AbortController().signal);
      const problem = this.#compareResponse(step, step.response, response, await response.text(), bindings);
      if (problem === undefined) {
        this.#bindings.adopt(bindings);
        return undefined;
      }
      if (Date.now() >= until) return problem;
      await delay(25);
    }
  }

  async #send(request: RecordedRequest, signal: AbortSignal): Promise<Response> {
    const { tokens, send } = this.#options;
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      const text = value.replace(/<token:([\w-]+)>/g, (_, token: string) => tokens[token] ?? '');
      headers.set(name, this.#bindings.substitute(text));
    }
    const body = request.bodyText ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const text = body === undefined ? undefined : this.#substituteJson(body);
    const url = `https://server.test:6443${this.#bindings.substitute(request.path)}`;
    if (text !== undefined && !headers.has('content-type')) headers.set('content-type', '');
    const init = { method: request.method, headers, signal, ...(text === undefined ? {} : { body: text }) };
    const identity = request.anonymous ? 'anonymous' : headers.has('authorization') ? 'token' : 'admin';
    return await send(new Request(url, init), identity);
  }

  /** `"<port:1>"` alone is the number where it was bound from one. */
  #substituteJson(body: string): string {
    const withNumbers = body.replace(/"<((?:port|rv|listrv):\d+)>"/g, (whole, name: string) => {
      const value = this.#bindings.get(name);
      return value !== undefined && name.startsWith('port') ? value : whole;
    });
    return this.#bindings.substitute(withNumbers);
  }

  #compareResponse(
    step: Step,
    expected: RecordedResponse | undefined,
    response: Response,
    text: string,
    bindings: Bindings,
  ): string | undefined {
    if (expected === undefined) return undefined;
    if (response.status !== expected.status) {
      return `status ${response.status} instead of ${expected.status}: ${text.slice(0, 400)}`;
    }
    for (const name of comparedHeaders) {
      const wanted = expected.headers?.[name];
      const actual = response.headers.get(name) ?? undefined;
      if (wanted !== actual) return `header ${name}: expected ${wanted}, got ${actual}`;
    }
    return this.#compareBody(step, expected, text, bindings);
  }

  #compareBody(step: Step, expected: RecordedResponse, text: string, bindings: Bindings): string | undefined {
    if (expected.bodyOmitted) return undefined;
    if (expected.bodyText !== undefined) {
      return expected.bodyText === text ? undefined : `expected ${expected.bodyText}, got ${text.slice(0, 200)}`;
    }
    if (expected.body === undefined && expected.bodyPick === undefined) {
      return text === '' ? undefined : `expected no body, got ${text.slice(0, 200)}`;
    }
    const actual = this.#normalize(step, parseJson(text));
    if (expected.body !== undefined) {
      return compare(this.#normalize(step, expected.body), actual, bindings, optionsOf(step));
    }
    for (const [path, value] of Object.entries(expected.bodyPick ?? {})) {
      const problem = this.#comparePick(step, path, value, actual, bindings);
      if (problem !== undefined) return `${path}: ${problem}`;
    }
    return undefined;
  }

  #comparePick(step: Step, path: string, value: unknown, actual: unknown, bindings: Bindings): string | undefined {
    let picked = pick(actual, path);
    if (step.fewer?.includes(path) && Array.isArray(value) && Array.isArray(picked)) {
      const served = new Set(picked);
      picked = value.filter((item) => served.has(item)).length === picked.length ? value : picked;
    }
    const wrap = (inner: unknown) => path.split('.').reduceRight((content, key) => ({ [key]: content }), inner);
    const normal = (inner: unknown) => pick(this.#normalize(step, wrap(inner)), path);
    const simple = !/[[\]*()]/.test(path);
    return compare(simple ? normal(value) : value, picked, bindings, optionsOf(step));
  }

  #normalize(step: Step, value: unknown): unknown {
    return normalize(value, { managedFields: this.#options.managedFields, unordered: step.unordered === true });
  }

  async #startWatch(step: Step, id: string): Promise<string | undefined> {
    const stop = new AbortController();
    const response = await this.#send(step.request as RecordedRequest, stop.signal);
    if (response.status !== step.response?.status) {
      return `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
    }
    this.#watches.set(id, new WatchReader(response, stop));
    return undefined;
  }

  async #readEvents(step: Step, id: string): Promise<string | undefined> {
    const events = step.events ?? [];
    const patience = this.#options.patienceMs;
    for (const [index, expected] of events.entries()) {
      const actual = await this.#watch(id).next(patience, step.skipBookmarks === true);
      if (actual === undefined) return `event ${index + 1} did not come: ${JSON.stringify(expected).slice(0, 200)}`;
      const problem = this.#compareEvent(step, expected, actual);
      if (problem !== undefined) return `event ${index + 1}: ${problem}`;
    }
    return undefined;
  }

  #compareEvent(step: Step, expected: unknown, actual: unknown): string | undefined {
    return compare(this.#normalize(step, expected), this.#normalize(step, actual), this.#bindings, optionsOf(step));
  }

  async #endWatch(step: Step, id: string): Promise<string | undefined> {
    const { events, ended } = await this.#watch(id).untilEnd(this.#options.patienceMs);
    if (!ended) return 'the server did not close the watch';
    if (events.length !== (step.events ?? []).length)
      return `${events.length} events came: ${JSON.stringify(events).slice(0, 300)}`;
    for (const [index, expected] of (step.events ?? []).entries()) {
      const problem = this.#compareEvent(step, expected, events[index]);
      if (problem !== undefined) return `event ${index + 1}: ${problem}`;
    }
    return undefined;
  }

  #watch(id: string): WatchReader {
    const watch = this.#watches.get(id);
    if (watch === undefined) throw new Error(`no watch is called ${id}`);
    return watch;
  }

  #compareClaims(expected: Record<string, unknown>): string | undefined {
    const token = this.#bindings.get('jwt:1') ?? '';
    const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
      string,
      never
    >;
    const k8s = (claims['kubernetes.io'] ?? {}) as Record<string, unknown>;
    const actual: Record<string, unknown> = {
      iss: claims.iss,
      aud: claims.aud,
      sub: claims.sub,
      keys: Object.keys(claims).sort(),
      k8s: Object.keys(k8s).sort(),
      life: (claims.exp as unknown as number) - (claims.iat as unknown as number),
    };
    for (const [name, value] of Object.entries(expected)) {
      const problem = compare(value, actual[name], this.#bindings, {}, name);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

function optionsOf({ goText, unorderedMessage, fewer }: Step): CompareOptions {
  return {
    ...(goText === undefined ? {} : { goText }),
    ...(unorderedMessage === undefined ? {} : { unorderedMessage }),
    ...(fewer === undefined ? {} : { fewer }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
