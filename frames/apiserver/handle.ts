import { StatusError } from '@croft/api/status';
import { StoreFullError } from '@croft/store/contract';
import type { Access, AccessRequest } from './access.ts';
import { accessRequestOf } from './access.ts';
import type { Answered } from './audit.ts';
import { refusal } from './authorize.ts';
import type { Core } from './core.ts';
import { timedOut, unauthorized } from './failures.ts';
import { respondStatus } from './output.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { parseRequestInfo, type RequestInfo } from './request-info.ts';
import type { User } from './user.ts';

/** What a request passes on its way, in this order. What follows for objects is in the verbs' own files. */
export interface Steps {
  /** Undefined when what the client showed is not valid. */
  authenticate(request: ApiRequest): Promise<User | undefined>;
  /** Who the client acts as; throws 400 and 403. */
  impersonate(request: ApiRequest, user: User, info: RequestInfo): User;
  /** A place among the requests in work; throws 429. */
  enter(user: User): Disposable | Promise<Disposable>;
  authorize(request: AccessRequest): Access;
  respond(call: Call): Promise<ApiResponse>;
  /** Told of every request once it is answered. */
  answered(answered: Answered): void;
}

/** A request that is allowed. */
export interface Call {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly user: User;
}

/** What became known of a request on its way. */
type Progress = { -readonly [Key in 'user' | 'impersonator' | 'decision']?: Answered[Key] };

/** authenticate → impersonate → enter → authorize → respond; whatever goes wrong becomes a Status. */
export async function handleRequest(core: Core, steps: Steps, request: ApiRequest): Promise<ApiResponse> {
  const receivedMs = core.clock.now();
  const info = parseRequestInfo(request);
  const progress: Progress = {};
  const response = await answer(core, steps, request, info, progress);
  const { user, ...more } = progress;
  steps.answered({ request, info, user, ...more, code: response.status, receivedMs, endedMs: core.clock.now() });
  return request.method === 'HEAD' ? { status: response.status, headers: response.headers } : response;
}

async function answer(
  core: Core,
  steps: Steps,
  request: ApiRequest,
  info: RequestInfo,
  progress: Progress,
): Promise<ApiResponse> {
  try {
    const authenticated = await steps.authenticate(request);
    if (authenticated === undefined) throw unauthorized();
    progress.user = authenticated;
    const user = steps.impersonate(request, authenticated, info);
    if (user !== authenticated) Object.assign(progress, { user, impersonator: authenticated });
    const access = accessRequestOf(user, info);
    progress.decision = steps.authorize(access);
    const { allowed, reason } = progress.decision;
    if (!allowed) throw refusal(access, reason);
    const call = { request, info, user };
    if (goesOn(info)) return await steps.respond(call);
    const entered = steps.enter(user);
    using _place = entered instanceof Promise ? await entered : entered;
    return await inTime(steps.respond(call), request);
  } catch (error) {
    return respondError(core, error, request);
  }
}

const streams = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** Watches and streams may take as long as they like. */
export function goesOn({ verb, subresource }: RequestInfo): boolean {
  return verb === 'watch' || streams.has(subresource);
}

const mostMs = 60_000;

/** Gives up waiting for an answer after a minute, or earlier where the request says so by `timeout`. */
function inTime(answered: Promise<ApiResponse>, request: ApiRequest): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut()), timeoutMsOf(request));
    answered.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function timeoutMsOf({ query }: ApiRequest): number {
  const [, count, unit] = /^(\d+)(ms|s|m)$/.exec(query.get('timeout') ?? '') ?? [];
  if (count === undefined) return mostMs;
  const ms = Number(count) * (unit === 'ms' ? 1 : unit === 's' ? 1_000 : 60_000);
  return ms === 0 ? mostMs : Math.min(ms, mostMs);
}

/** The one place where an error becomes an answer. */
export function respondError(core: Core, error: unknown, request: ApiRequest): ApiResponse {
  if (error instanceof StatusError) return respondStatus(error.status, { ...error.headers });
  if (error instanceof StoreFullError) {
    const message = 'the disk is full or refuses writes: make room, then try again';
    return respondStatus(new StatusError(507, 'InternalError', message).status);
  }
  core.log.error('a request failed unexpectedly', {
    method: request.method,
    path: request.path,
    error,
    stack: stackOf(error),
  });
  return respondStatus(
    new StatusError(500, 'InternalError', 'Internal error occurred: see the log of the server').status,
  );
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
