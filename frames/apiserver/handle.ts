import { StatusError } from '@croft/api/status';
import { StoreFullError } from '@croft/store/contract';
import type { Access, AccessRequest } from './access.ts';
import { accessRequestOf } from './access.ts';
import { refusal } from './authorize.ts';
import type { Core } from './core.ts';
import { unauthorized } from './failures.ts';
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
  authorize(request: AccessRequest): Access;
  respond(call: Call): Promise<ApiResponse>;
}

/** A request that is allowed. */
export interface Call {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly user: User;
}

/** authenticate → impersonate → authorize → respond; whatever goes wrong becomes a Status. */
export async function handleRequest(core: Core, steps: Steps, request: ApiRequest): Promise<ApiResponse> {
  const response = await answer(core, steps, request);
  return request.method === 'HEAD' ? { status: response.status, headers: response.headers } : response;
}

async function answer(core: Core, steps: Steps, request: ApiRequest): Promise<ApiResponse> {
  try {
    const info = parseRequestInfo(request);
    const authenticated = await steps.authenticate(request);
    if (authenticated === undefined) throw unauthorized();
    const user = steps.impersonate(request, authenticated, info);
    const access = accessRequestOf(user, info);
    const { allowed, reason } = steps.authorize(access);
    if (!allowed) throw refusal(access, reason);
    return await steps.respond({ request, info, user });
  } catch (error) {
    return respondError(core, error, request);
  }
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
