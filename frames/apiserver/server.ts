import { builtInResources } from '@croft/api/resources';
import { type Clock, systemClock } from '@croft/foundation/clock';
import { type Log, silentLog } from '@croft/foundation/log';
import type { RevisionLog } from '@croft/store/contract';
import { createAuthenticate, createStaticTokens, type StaticToken } from './authenticate.ts';
import { createDefaultObjects } from './bootstrap/objects.ts';
import { namespaceDefaults } from './controllers/namespace-defaults.ts';
import { namespaceLifecycle } from './controllers/namespace-lifecycle.ts';
import { startControllers } from './controllers/start.ts';
import { type Core, createLookup } from './core.ts';
import { createDiscovery } from './discovery.ts';
import { fromWebRequest, toWebResponse } from './fetch.ts';
import { type Call, handleRequest, type Steps } from './handle.ts';
import { createImpersonate } from './impersonate.ts';
import { findKindRules } from './kinds/rules.ts';
import { pageNotFound, respondPlainPath } from './plain-paths.ts';
import { createRbac } from './rbac.ts';
import type { ApiRequest, ApiResponse, CertificateSubject } from './request.ts';
import { ResourceTable } from './resource-table.ts';
import { respondResource } from './respond.ts';
import { type ServedResource, serveResource } from './served-resource.ts';
import { ServiceAddresses } from './service-addresses.ts';

export interface ApiServerOptions {
  readonly store: RevisionLog;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly tokens?: readonly StaticToken[];
  readonly serviceCidr?: string;
  readonly nodePorts?: readonly [number, number];
  /** PEM of the authority by which Pods know the server: in every namespace as ConfigMap `kube-root-ca.crt`. */
  readonly authority?: string;
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
  const {
    store,
    clock = systemClock,
    log = silentLog,
    serviceCidr = '10.96.0.0/16',
    nodePorts = [30000, 32767],
  } = options;
  const resources = new ResourceTable(serveBuiltIn());
  const core: Core = {
    store,
    resources,
    clock,
    log,
    lookup: createLookup(store, resources),
    addresses: new ServiceAddresses(store, { serviceCidr, nodePorts }),
  };
  const rbac = createRbac(store);
  const authenticators = [createStaticTokens(options.tokens ?? [])];
  const discovery = createDiscovery(resources);
  const steps: Steps = {
    authenticate: createAuthenticate(authenticators),
    impersonate: createImpersonate(rbac),
    authorize: (request) => rbac.authorize(request),
    respond: async (call: Call) => {
      if (call.info.isResource) return await respondResource(core, call, () => undefined);
      return discovery(call) ?? respondPlainPath(call, () => '') ?? pageNotFound;
    },
  };
  await createDefaultObjects(core);
  const controllers = startControllers(core, [namespaceDefaults(options.authority ?? ''), namespaceLifecycle]);
  const handle = (request: ApiRequest) => handleRequest(core, steps, request);
  return {
    core,
    handle,
    fetch: async (request) => {
      const certificate = request.headers.has('authorization') ? undefined : inProcess;
      return toWebResponse(await handle(fromWebRequest(request, certificate)), request.signal);
    },
    [Symbol.asyncDispose]: () => controllers[Symbol.asyncDispose](),
  };
}

function serveBuiltIn(): ServedResource[] {
  return builtInResources.flatMap((resource) => {
    const rules = findKindRules(resource.group, resource.version, resource.plural);
    if (rules === undefined) return [];
    const { fromStored, toStored } = rules;
    return [
      serveResource(resource, rules, {
        ...(fromStored === undefined ? {} : { convert: (object) => fromStored(object) }),
        ...(toStored === undefined ? {} : { toStored: (object) => toStored(object) }),
      }),
    ];
  });
}
