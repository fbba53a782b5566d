import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { KeyAndCertificate } from '@croft/foundation/certificates';
import { type Clock, systemClock } from '@croft/foundation/clock';
import { type Log, silentLog } from '@croft/foundation/log';
import type { RevisionLog } from '@croft/store/contract';
import { DynamicAdmission } from './admission/dynamic-admission.ts';
import { type AuditOptions, createAudit } from './audit.ts';
import type { StaticToken } from './authenticate.ts';
import { createDefaultObjects } from './bootstrap/objects.ts';
import { serveBuiltIn } from './built-in.ts';
import { startHousekeeping } from './controllers/housekeeping.ts';
import { namespaceDefaults } from './controllers/namespace-defaults.ts';
import { namespaceLifecycle } from './controllers/namespace-lifecycle.ts';
import { quotaStatus } from './controllers/quota-status.ts';
import { requestSigner } from './controllers/request-signer.ts';
import { roleAggregation } from './controllers/role-aggregation.ts';
import { type Controller, startControllers } from './controllers/start.ts';
import { tokenSecrets } from './controllers/token-secrets.ts';
import { type Core, createLookup } from './core.ts';
import { definitionsController, followDefinitions } from './custom/definitions-controller.ts';
import { createEscalationCheck } from './escalation.ts';
import { fromWebRequest, toWebResponse } from './fetch.ts';
import { FlowControl, type FlowLimits } from './flow-control.ts';
import { handleRequest } from './handle.ts';
import { Metrics } from './metrics.ts';
import { createOidcAuthenticator, type OidcOptions } from './oidc/authenticator.ts';
import { createTokenKey } from './pki.ts';
import { QuotaClaims } from './quota-claims.ts';
import { createRbac, type Rbac } from './rbac.ts';
import type { ApiRequest, ApiResponse, CertificateSubject } from './request.ts';
import { ResourceTable } from './resource-table.ts';
import { ServiceAddresses } from './service-addresses.ts';
import { createSteps } from './steps.ts';
import type { NodeStreams } from './streams/node-streams.ts';
import type { NodeProxy } from './subresources/node-proxy.ts';
import { ServiceAccountTokens } from './tokens.ts';
import { handleUpgrade } from './upgrade.ts';

export interface ApiServerOptions {
  readonly store: RevisionLog;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly tokens?: readonly StaticToken[];
  readonly serviceCidr?: string;
  readonly nodePorts?: readonly [number, number];
  /** PEM of the authority by which Pods know the server: in every namespace as ConfigMap `kube-root-ca.crt`. */
  readonly authority?: string;
  /** The authority whose certificates make users known: it signs approved requests of users. Nobody does when left out. */
  readonly signer?: KeyAndCertificate;
  /** PEM of the EC key that signs tokens of service accounts; one for this process alone when left out. */
  readonly tokenKey?: string;
  /** Who signs tokens, and whom they are for where nothing else is asked. */
  readonly issuer?: string;
  /** Which built-in controllers run: those that every server needs (`api`), or also those that follow from its own objects. */
  readonly controllers?: 'api' | 'all';
  /** An issuer whose ID tokens are accepted. */
  readonly oidc?: OidcOptions;
  /** Where it is told who asked for what; nowhere when left out. */
  readonly audit?: AuditOptions;
  /** How many requests are in work at once, and how many wait. */
  readonly flowLimits?: FlowLimits;
  /** Reaches the kubelets for logs. */
  readonly nodeProxy?: NodeProxy;
  /** Reaches processes and ports of Pods: for exec, attach and port-forward. */
  readonly nodeStreams?: NodeStreams;
  /** What other parts of the process measure, for /metrics in the text form of Prometheus. */
  readonly moreMetrics?: () => string;
}

export interface ApiServer extends AsyncDisposable {
  /** As the administrator, unless the request has credentials of its own: for parts of the same process only. */
  fetch(request: Request): Promise<Response>;
  /** As whoever the request proves to be. */
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** As `handle`, for a connection that asks for another protocol. */
  upgrade(request: ApiRequest, raw: IncomingMessage, socket: Socket, head: Buffer): void;
  readonly core: Core;
}

const inProcess: CertificateSubject = { commonName: 'croft', organizations: ['system:masters'] };

/** The Kubernetes API over a store. The store stays the caller's. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { tokens: staticTokens = [], nodeProxy, nodeStreams } = options;
  const rbac = createRbac(options.store);
  const core = createCore(options, rbac);
  const serviceAccountTokens = createTokens(core, options);
  const metrics = new Metrics(options.moreMetrics);
  const stack = new AsyncDisposableStack();
  stack.use(core.admission);
  stack.use(followDefinitions(core));
  await createDefaultObjects(core);
  stack.use(startControllers(core, controllersOf(options, serviceAccountTokens)));
  stack.use(startHousekeeping(core));
  const audit = options.audit && createAudit(options.audit);
  const flow = new FlowControl(core.clock, options.flowLimits);
  const authenticators = options.oidc === undefined ? [] : [createOidcAuthenticator(options.oidc, core)];
  const steps = createSteps({
    core,
    rbac,
    authenticators,
    serviceAccountTokens,
    staticTokens,
    nodeProxy,
    nodeStreams,
    metrics,
    audit,
    flow,
  });
  const handle = (request: ApiRequest): Promise<ApiResponse> => handleRequest(core, steps, request);
  return {
    core,
    handle,
    upgrade: (request, raw, socket, head) => {
      void handleUpgrade(core, steps, nodeStreams, request, { raw, socket, head });
    },
    fetch: async (request) => {
      const certificate = request.headers.has('authorization') ? undefined : inProcess;
      return toWebResponse(await handle(fromWebRequest(request, certificate)), request.signal);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function createCore(options: ApiServerOptions, rbac: Rbac): Core {
  const { store, clock = systemClock, log = silentLog, controllers = 'api' } = options;
  const { serviceCidr = '10.96.0.0/16', nodePorts = [30000, 32767] } = options;
  const resources = new ResourceTable(serveBuiltIn());
  return {
    store,
    resources,
    clock,
    log,
    lookup: createLookup(store, resources),
    addresses: new ServiceAddresses(store, { serviceCidr, nodePorts }),
    quotas: new QuotaClaims(store, controllers === 'all' ? 'objects' : 'status'),
    admission: new DynamicAdmission(store),
    escalation: createEscalationCheck(rbac),
    authorizer: rbac,
  };
}

function createTokens({ clock, lookup }: Core, options: ApiServerOptions): ServiceAccountTokens {
  const { issuer = 'https://kubernetes.default.svc.cluster.local', tokenKey = createTokenKey() } = options;
  return new ServiceAccountTokens({ key: tokenKey, issuer, clock, lookup });
}

function controllersOf(
  { authority = '', signer, controllers = 'api' }: ApiServerOptions,
  tokens: ServiceAccountTokens,
): Controller[] {
  const needed = [namespaceDefaults(authority), namespaceLifecycle, definitionsController];
  if (controllers === 'api') return needed;
  const signing = signer === undefined ? [] : [requestSigner(signer)];
  return [...needed, roleAggregation, quotaStatus(), tokenSecrets(tokens, authority), ...signing];
}
