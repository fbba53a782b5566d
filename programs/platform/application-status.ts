import { formatKey, type KubeObject, type ObjectKey, type Stored } from '@croft/api/object';
import type { DaemonSet, Deployment, Ingress, Secret } from '@croft/api/types';
import { type Application, parseApplication } from '@croft/apps/application';
import { readSecretText, settingsSecretName } from '@croft/apps/settings-secret';
import { releaseNameOf } from '@croft/gitops/helm-release/release-job';
import type { HelmRelease } from '@croft/gitops/helm-release/types';
import type { ReleaseName } from '@croft/release/record-store';
import { parse } from 'yaml';
import { adviseApplication, describeState, joinTelling, type Telling } from './application-message.ts';
import { type ApplicationState, isReady, isStuck, type StateFacts, stateOf } from './application-state.ts';
import { findReleaseFailure } from './release-failure.ts';
import type { Everything } from './status-source.ts';

export interface ApplicationStatus {
  name: string;
  namespace: string;
  title: string;
  description: string;
  enabled: boolean;
  state: ApplicationState;
  /** Of the application where its chart names it, else of the chart; empty before it is installed. */
  version: string;
  /** The version that the prescriptions name; empty where they leave it open. */
  available: string;
  ready: boolean;
  /** Empty when it has no address. */
  url: string;
  /** What there is to say of it, in one text. */
  message: string;
  /** The same in its parts. */
  telling: Telling;
  /** Nothing more is tried by itself. */
  stuck: boolean;
  /** What a person can do about it, as a command where there is one; empty when there is nothing to do. */
  todo: string;
  login?: { user: string; password: string };
}

export function describeApplication(key: ObjectKey, everything: Everything, portSuffix: string): ApplicationStatus {
  const { namespace = '', name } = key;
  const id = formatKey(key);
  const description = everything.descriptions.get(id);
  const application = description && parseApplication(description);
  const release = everything.releases.get(id);
  const secret = everything.secrets.get(formatKey({ namespace, name: settingsSecretName(name) }));
  const listed = everything.prescribed.get(id);
  const enabled = readSecretText(secret, 'enabled') === 'true' || (secret === undefined && release !== undefined);
  const made = release === undefined ? key : madeRelease(release);
  const unready = release && (findUnready(everything.workloads, made) ?? findUnserved(everything.routes, made));
  const ready =
    release !== undefined &&
    isReady(release) &&
    release.metadata.deletionTimestamp === undefined &&
    unready === undefined;
  const [newest] = release?.status?.history ?? [];
  const login = application && secret && readLogin(application, secret);
  const failure = release && findReleaseFailure(release);
  const facts: StateFacts = { enabled, ready, release, failure };
  const telling = describeState({ ...facts, pods: everything.pods, made, unready });
  return {
    name,
    namespace,
    title: application?.title ?? name,
    description: application?.description ?? '',
    enabled,
    state: stateOf(facts),
    version: newest?.appVersion ?? newest?.chartVersion ?? '',
    available: listed?.appVersion ?? listed?.version ?? '',
    ready,
    url: findUrl(everything.routes, made, portSuffix),
    message: joinTelling(telling),
    telling,
    stuck: !ready && release !== undefined && isStuck(release),
    todo: adviseApplication(name, facts),
    ...(login === undefined ? {} : { login }),
  };
}

/** The name under which Helm has the release, and its namespace. */
function madeRelease(release: Stored<HelmRelease>): ReleaseName {
  const [newest] = release.status?.history ?? [];
  return newest === undefined ? releaseNameOf(release) : { name: newest.name, namespace: newest.namespace };
}

/** What of the release's workloads does not serve now, though the release itself went well. */
function findUnready(workloads: readonly Stored<KubeObject>[], { name, namespace }: ObjectKey): string | undefined {
  for (const workload of workloads) {
    const { annotations = {} } = workload.metadata;
    if (annotations['meta.helm.sh/release-name'] !== name) continue;
    if (annotations['meta.helm.sh/release-namespace'] !== namespace) continue;
    const { spec, status } = workload as Deployment;
    const wanted = (workload as DaemonSet).status?.desiredNumberScheduled ?? spec?.replicas ?? 1;
    const serving = (workload as DaemonSet).status?.numberAvailable ?? status?.availableReplicas ?? 0;
    if (serving < wanted)
      return `${workload.kind} ${workload.metadata.name}: ${serving} of ${wanted} Pods are available`;
  }
  return undefined;
}

/** An Ingress of the front door that is not served yet. */
function findUnserved(routes: readonly Stored<Ingress>[], made: ObjectKey): string | undefined {
  const route = findRoute(routes, made);
  const className = route?.spec?.ingressClassName ?? 'croft';
  if (route === undefined || className !== 'croft' || route.status?.loadBalancer?.ingress !== undefined)
    return undefined;
  return `Ingress ${route.metadata.name}: waiting for the front door`;
}

function findRoute(routes: readonly Stored<Ingress>[], { namespace, name }: ObjectKey): Stored<Ingress> | undefined {
  return routes.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['app.kubernetes.io/instance'] === name,
  );
}

function findUrl(routes: readonly Stored<Ingress>[], made: ObjectKey, portSuffix: string): string {
  const host = findRoute(routes, made)?.spec?.rules?.find((rule) => rule.host)?.host;
  return host === undefined ? '' : `https://${host}${portSuffix}/`;
}

function readLogin({ login }: Application, secret: Secret): ApplicationStatus['login'] {
  if (login === undefined) return undefined;
  let value: unknown = parse(readSecretText(secret, 'values.yaml'));
  for (const part of login.passwordFrom.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === 'string' ? { user: login.user, password: value } : undefined;
}
