import type { AccessRequest } from './access.ts';
import type { Answered } from './audit.ts';
import {
  authenticated,
  authenticateToken,
  createAuthenticate,
  createStaticTokens,
  type StaticToken,
  type TokenAuthenticator,
} from './authenticate.ts';
import type { Core } from './core.ts';
import { createDiscovery } from './discovery.ts';
import type { FlowControl } from './flow-control.ts';
import { type Call, goesOn, type Steps } from './handle.ts';
import { createImpersonate } from './impersonate.ts';
import { respondIssuerPage } from './issuer-pages.ts';
import type { Metrics } from './metrics.ts';
import { createOpenApiPages } from './openapi-pages.ts';
import { pageNotFound, respondPlainPath } from './plain-paths.ts';
import type { Rbac } from './rbac.ts';
import type { ApiResponse } from './request.ts';
import { respondResource } from './respond.ts';
import { respondReview } from './reviews.ts';
import type { NodeStreams } from './streams/node-streams.ts';
import type { NodeProxy } from './subresources/node-proxy.ts';
import { respondSubresource } from './subresources/respond.ts';
import type { ServiceAccountTokens, TokenFacts } from './tokens.ts';

export interface StepParts {
  readonly core: Core;
  readonly rbac: Rbac;
  readonly serviceAccountTokens: ServiceAccountTokens;
  readonly staticTokens: readonly StaticToken[];
  /** Other ways to know who holds a token. */
  readonly authenticators: readonly TokenAuthenticator[];
  readonly nodeProxy: NodeProxy | undefined;
  readonly nodeStreams: NodeStreams | undefined;
  readonly metrics: Metrics;
  readonly audit: ((answered: Answered) => void) | undefined;
  readonly flow: FlowControl;
}

/** Puts together what each step of a request needs. */
export function createSteps({
  core,
  rbac,
  serviceAccountTokens: tokens,
  staticTokens,
  authenticators,
  nodeProxy,
  nodeStreams,
  metrics,
  audit,
  flow,
}: StepParts): Steps {
  const { issuer } = tokens;
  const authorize = (request: AccessRequest) => rbac.authorize(request);
  const ofStaticToken = createStaticTokens(staticTokens);
  const ofServiceAccount = (token: string) => {
    const facts = tokens.verify(token);
    return facts?.audiences.includes(issuer) ? facts.user : undefined;
  };
  const reviewToken = async (token: string): Promise<TokenFacts | undefined> => {
    const user = await authenticateToken([ofStaticToken, ...authenticators], token);
    if (user !== undefined) return { user, audiences: [issuer] };
    const facts = tokens.verify(token);
    return facts && { ...facts, user: authenticated(facts.user) };
  };
  const parts = { tokens, nodeProxy, nodeStreams };
  const reviews = { authorize, rules: rbac, reviewToken, audience: issuer };
  const discovery = createDiscovery(core.resources);
  const openApi = createOpenApiPages(core.resources);
  const respondPage = (call: Call): ApiResponse =>
    discovery(call) ??
    openApi(call) ??
    respondIssuerPage(call, tokens) ??
    respondPlainPath(call, core, () => metrics.render(core, flow.inFlight, flow.waiting)) ??
    pageNotFound;
  return {
    authenticate: createAuthenticate([ofStaticToken, ofServiceAccount, ...authenticators]),
    impersonate: createImpersonate(rbac),
    authorize,
    enter: (user) => {
      try {
        return flow.enter(user);
      } catch (error) {
        metrics.rejected();
        throw error;
      }
    },
    answered: (answered) => {
      const { info, code, receivedMs, endedMs } = answered;
      metrics.answered(info, code, goesOn(info) ? undefined : endedMs - receivedMs);
      audit?.(answered);
    },
    respond: async (call) => {
      if (!call.info.isResource) return respondPage(call);
      if (!core.resources.isBuiltInGroup(call.info.group) && !isServed(core, call)) return pageNotFound;
      const response = await respondResource(
        core,
        call,
        (resourceCall) => respondSubresource(resourceCall, parts),
        (resourceCall) => respondReview(resourceCall, reviews),
      );
      return call.info.verb === 'watch' ? counted(response, call, metrics) : response;
    },
  };
}

/** Tells of a watch as long as it is open. */
function counted(response: ApiResponse, { info }: Call, metrics: Metrics): ApiResponse {
  const { body } = response;
  if (typeof body !== 'function') return response;
  return {
    ...response,
    body: (sink) => {
      const open = metrics.watching(info);
      const ended = {
        write: (chunk: Uint8Array) => sink.write(chunk),
        end: () => {
          open[Symbol.dispose]();
          sink.end();
        },
      };
      const running = body(ended);
      return {
        [Symbol.dispose]: () => {
          open[Symbol.dispose]();
          running[Symbol.dispose]();
        },
      };
    },
  };
}

/** Kubernetes answers for what no CustomResourceDefinition serves as for any unknown page. */
function isServed(core: Core, { info }: Call): boolean {
  const served = core.resources.find(info.group, info.version, info.resource);
  return served !== undefined && (served.resource.namespaced || info.namespace === '');
}
