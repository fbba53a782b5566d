import { apiVersionOf } from '@croft/api/kind';
import { builtInResources } from '@croft/api/resources';
import { type Clock, systemClock } from '@croft/foundation/clock';
import { type Log, silentLog } from '@croft/foundation/log';
import type { RevisionLog } from '@croft/store/contract';
import type { AccessRequest } from './access.ts';
import {
  authenticated,
  authenticateToken,
  createAuthenticate,
  createStaticTokens,
  type StaticToken,
} from './authenticate.ts';
import { createDefaultObjects } from './bootstrap/objects.ts';
import { namespaceDefaults } from './controllers/namespace-defaults.ts';
import { namespaceLifecycle } from './controllers/namespace-lifecycle.ts';
import { roleAggregation } from './controllers/role-aggregation.ts';
import { type Controller, startControllers } from './controllers/start.ts';
import { tokenSecrets } from './controllers/token-secrets.ts';
import { type Core, createLookup } from './core.ts';
import { definitionRules } from './custom/definition-rules.ts';
import { definitionsController, followDefinitions } from './custom/definitions-controller.ts';
import { createDiscovery } from './discovery.ts';
import { fromWebRequest, toWebResponse } from './fetch.ts';
import { type Call, handleRequest, type Steps } from './handle.ts';
import { createImpersonate } from './impersonate.ts';
import { findKindRules } from './kinds/rules.ts';
import { createOpenApiPages } from './openapi-pages.ts';
import { createTokenKey } from './pki.ts';
import { pageNotFound, respondPlainPath } from './plain-paths.ts';
import { createRbac } from './rbac.ts';
import type { ApiRequest, ApiResponse, CertificateSubject } from './request.ts';
import { ResourceTable } from './resource-table.ts';
import { respondResource } from './respond.ts';
import { respondReview } from './reviews.ts';
import { type ServedResource, serveResource } from './served-resource.ts';
import { ServiceAddresses } from './service-addresses.ts';
import type { NodeProxy } from './subresources/node-proxy.ts';
import { respondSubresource } from './subresources/respond.ts';
import { ServiceAccountTokens, type TokenFacts } from './tokens.ts';

export interface ApiServerOptions {
  readonly store: RevisionLog;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly tokens?: readonly StaticToken[];
  readonly serviceCidr?: string;
  readonly nodePorts?: readonly [number, number];
  /** PEM of the authority by which Pods know the server: in every namespace as ConfigMap `kube-root-ca.crt`. */
  readonly authority?: string;
  /** PEM of the EC key that signs tokens of service accounts; one for this process alone when left out. */
  readonly tokenKey?: string;
  /** Who signs tokens, and whom they are for where nothing else is asked. */
  readonly issuer?: string;
  /** Which built-in controllers run: those that every server needs (`api`), or also those that follow from its own objects. */
  readonly controllers?: 'api' | 'all';
  /** Reaches the kubelets for logs, exec and the like. */
  readonly nodeProxy?: NodeProxy;
}

export interface ApiServer extends AsyncDisposable {
  /** As the administrator, unless the request has credentials of its own: for parts of the same process only. */
  fetch(request: Request): Promise<Response>;
  /** As whoever the request proves to be. */
  handle(request: ApiRequest): Promise<ApiResponse>;
  readonly core: Core;
}

const inProcess: CertificateSubject = { commonName: 'croft', organizations: ['system:masters'] };

/** The Kubernetes API over a store. The store stays the caller's. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const core = createCore(options);
  await createDefaultObjects(core);
  const stack = new AsyncDisposableStack();
  stack.use(followDefinitions(core));
  const tokens = createTokens(core, options);
  stack.use(startControllers(core, controllersOf(options, tokens)));
  const steps = createSteps(core, options, tokens);
  const handle = (request: ApiRequest) => handleRequest(core, steps, request);
  return {
    core,
    handle,
    fetch: async (request) => {
      const certificate = request.headers.has('authorization') ? undefined : inProcess;
      return toWebResponse(await handle(fromWebRequest(request, certificate)), request.signal);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function createCore(options: ApiServerOptions): Core {
  const { store, clock = systemClock, log = silentLog } = options;
  const { serviceCidr = '10.96.0.0/16', nodePorts = [30000, 32767] } = options;
  const resources = new ResourceTable(serveBuiltIn());
  return {
    store,
    resources,
    clock,
    log,
    lookup: createLookup(store, resources),
    addresses: new ServiceAddresses(store, { serviceCidr, nodePorts }),
  };
}

function createTokens({ clock, lookup }: Core, options: ApiServerOptions): ServiceAccountTokens {
  const { issuer = 'https://kubernetes.default.svc.cluster.local', tokenKey = createTokenKey() } = options;
  return new ServiceAccountTokens({ key: tokenKey, issuer, clock, lookup });
}

function controllersOf(
  { authority = '', controllers = 'api' }: ApiServerOptions,
  tokens: ServiceAccountTokens,
): Controller[] {
  const needed = [namespaceDefaults(authority), namespaceLifecycle, definitionsController];
  return controllers === 'api' ? needed : [...needed, roleAggregation, tokenSecrets(tokens, authority)];
}

/** Puts together what each step of a request needs. */
function createSteps(core: Core, options: ApiServerOptions, tokens: ServiceAccountTokens): Steps {
  const { issuer } = tokens;
  const rbac = createRbac(core.store);
  const authorize = (request: AccessRequest) => rbac.authorize(request);
  const staticTokens = createStaticTokens(options.tokens ?? []);
  const ofServiceAccount = (token: string) => {
    const facts = tokens.verify(token);
    return facts?.audiences.includes(issuer) ? facts.user : undefined;
  };
  const reviewToken = async (token: string): Promise<TokenFacts | undefined> => {
    const user = await authenticateToken([staticTokens], token);
    if (user !== undefined) return { user, audiences: [issuer] };
    const facts = tokens.verify(token);
    return facts && { ...facts, user: authenticated(facts.user) };
  };
  const parts = { tokens, nodeProxy: options.nodeProxy };
  const reviews = { authorize, rules: rbac, reviewToken, audience: issuer };
  const discovery = createDiscovery(core.resources);
  const openApi = createOpenApiPages(core.resources);
  return {
    authenticate: createAuthenticate([staticTokens, ofServiceAccount]),
    impersonate: createImpersonate(rbac),
    authorize,
    respond: async (call) => {
      if (!call.info.isResource)
        return discovery(call) ?? openApi(call) ?? respondPlainPath(call, () => '') ?? pageNotFound;
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

const deprecations: Record<string, { deprecation: string }> = {
  'v1 ComponentStatus': { deprecation: 'v1 ComponentStatus is deprecated in v1.19+' },
  'v1 Endpoints': {
    deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  },
};

function serveBuiltIn(): ServedResource[] {
  return builtInResources.flatMap((resource) => {
    const found = findKindRules(resource.group, resource.version, resource.plural);
    if (found === undefined) return [];
    const rules = resource.kind === 'CustomResourceDefinition' ? definitionRules(found) : found;
    const { fromStored, toStored } = rules;
    return [
      serveResource(resource, rules, {
        ...(deprecations[`${apiVersionOf(resource)} ${resource.kind}`] ?? {}),
        ...(fromStored === undefined ? {} : { convert: (object) => fromStored(object) }),
        ...(toStored === undefined ? {} : { toStored: (object) => toStored(object) }),
      }),
    ];
  });
}
