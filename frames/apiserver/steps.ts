import type { AccessRequest } from './access.ts';
import {
  authenticated,
  authenticateToken,
  createAuthenticate,
  createStaticTokens,
  type StaticToken,
} from './authenticate.ts';
import type { Core } from './core.ts';
import { createDiscovery } from './discovery.ts';
import type { Call, Steps } from './handle.ts';
import { createImpersonate } from './impersonate.ts';
import { respondIssuerPage } from './issuer-pages.ts';
import type { Metrics } from './metrics.ts';
import { createOpenApiPages } from './openapi-pages.ts';
import { pageNotFound, respondPlainPath } from './plain-paths.ts';
import type { Rbac } from './rbac.ts';
import type { ApiResponse } from './request.ts';
import { respondResource } from './respond.ts';
import { respondReview } from './reviews.ts';
import type { NodeProxy } from './subresources/node-proxy.ts';
import { respondSubresource } from './subresources/respond.ts';
import type { ServiceAccountTokens, TokenFacts } from './tokens.ts';

export interface StepParts {
  readonly core: Core;
  readonly rbac: Rbac;
  readonly serviceAccountTokens: ServiceAccountTokens;
  readonly staticTokens: readonly StaticToken[];
  readonly nodeProxy: NodeProxy | undefined;
  readonly metrics: Metrics;
}

/** Puts together what each step of a request needs. */
export function createSteps({
  core,
  rbac,
  serviceAccountTokens: tokens,
  staticTokens,
  nodeProxy,
  metrics,
}: StepParts): Steps {
  const { issuer } = tokens;
  const authorize = (request: AccessRequest) => rbac.authorize(request);
  const ofStaticToken = createStaticTokens(staticTokens);
  const ofServiceAccount = (token: string) => {
    const facts = tokens.verify(token);
    return facts?.audiences.includes(issuer) ? facts.user : undefined;
  };
  const reviewToken = async (token: string): Promise<TokenFacts | undefined> => {
    const user = await authenticateToken([ofStaticToken], token);
    if (user !== undefined) return { user, audiences: [issuer] };
    const facts = tokens.verify(token);
    return facts && { ...facts, user: authenticated(facts.user) };
  };
  const parts = { tokens, nodeProxy };
  const reviews = { authorize, rules: rbac, reviewToken, audience: issuer };
  const discovery = createDiscovery(core.resources);
  const openApi = createOpenApiPages(core.resources);
  const respondPage = (call: Call): ApiResponse =>
    discovery(call) ??
    openApi(call) ??
    respondIssuerPage(call, tokens) ??
    respondPlainPath(call, () => metrics.render(core)) ??
    pageNotFound;
  return {
    authenticate: createAuthenticate([ofStaticToken, ofServiceAccount]),
    impersonate: createImpersonate(rbac),
    authorize,
    respond: async (call) => {
      if (!call.info.isResource) return respondPage(call);
      if (!core.resources.isBuiltInGroup(call.info.group) && !isServed(core, call)) return pageNotFound;
      return await respondResource(
        core,
        call,
        (resourceCall) => respondSubresource(resourceCall, parts),
        (resourceCall) => respondReview(resourceCall, reviews),
      );
    },
  };
}

/** Kubernetes answers for what no CustomResourceDefinition serves as for any unknown page. */
function isServed(core: Core, { info }: Call): boolean {
  const served = core.resources.find(info.group, info.version, info.resource);
  return served !== undefined && (served.resource.namespaced || info.namespace === '');
}
