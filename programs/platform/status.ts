import { configMaps, daemonSets, deployments, ingresses, pods, secrets, statefulSets } from '@croft/api/kinds';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { DaemonSet, Deployment, Ingress, Pod, Secret } from '@croft/api/types';
import { type Application, applicationLabel, parseApplication } from '@croft/apps/application';
import { settingsKey } from '@croft/apps/controller';
import { parseSettings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { findCondition } from '@croft/controller/conditions';
import { releaseNameOf } from '@croft/gitops/helm-release/release-job';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { waitingReason } from '@croft/release/pod-trouble';
import type { ReleaseName } from '@croft/release/record-store';
import { parse } from 'yaml';
import { settingsErrorAnnotation } from './settings-file.ts';

export interface ApplicationStatus {
  name: string;
  namespace: string;
  title: string;
  description: string;
  enabled: boolean;
  /** Of the application where its chart names it, else of the chart; empty before it is installed. */
  version: string;
  ready: boolean;
  /** Empty when it has no address. */
  url: string;
  message: string;
  login?: { user: string; password: string };
}

export interface InstanceStatus {
  ready: boolean;
  /** What is wrong with the instance as a whole: sources, prescriptions, settings. */
  problems: string[];
  /** The installed and the enabled ones first, then what else there is. */
  applications: ApplicationStatus[];
}

/** Reads how the instance is, from the API alone. `portSuffix` is `:8443` or empty. */
export async function readStatus(client: Client, portSuffix: string): Promise<InstanceStatus> {
  const everything = await readEverything(client);
  const applications = listApplications(everything).map((key) => describeApplication(key, everything, portSuffix));
  const problems = [...findProblems(everything), ...findUnknownApplications(everything)];
  const active = applications.filter(({ enabled }) => enabled);
  return { ready: problems.length === 0 && active.every(({ ready }) => ready), problems, applications };
}

type Everything = Awaited<ReturnType<typeof readEverything>>;

async function readEverything(client: Client) {
  const [descriptions, releases, routes, allPods, settingsSecrets, settings, sources, prescriptions, workloads] =
    await Promise.all([
      client.list(configMaps, { labelSelector: applicationLabel }),
      client.list(helmReleases),
      client.list(ingresses),
      client.list(pods),
      client.list(secrets, { labelSelector: applicationLabel }),
      client.find(configMaps, settingsKey),
      client.list(gitRepositories),
      client.list(kustomizations),
      Promise.all([client.list(deployments), client.list(statefulSets), client.list(daemonSets)]),
    ]);
  return {
    descriptions: new Map(descriptions.items.map((item) => [keyOfDescription(item), item])),
    releases: new Map(releases.items.map((release) => [formatKey(keyOf(release)), release])),
    routes: routes.items,
    pods: allPods.items,
    secrets: new Map(settingsSecrets.items.map((secret) => [formatKey(keyOf(secret)), secret])),
    settings,
    sources: sources.items,
    prescriptions: prescriptions.items,
    workloads: workloads.flatMap(({ items }) => items as Stored<KubeObject>[]),
  };
}

function keyOfDescription({
  metadata,
}: {
  metadata?: { namespace?: string; labels?: Record<string, string> };
}): string {
  return `${metadata?.namespace}/${metadata?.labels?.[applicationLabel]}`;
}

function listApplications({ descriptions, releases }: Everything): ObjectKey[] {
  const names = [...new Set([...releases.keys(), ...descriptions.keys()])].sort();
  return names.map((name) => ({
    namespace: name.slice(0, name.indexOf('/')),
    name: name.slice(name.indexOf('/') + 1),
  }));
}

function describeApplication(key: ObjectKey, everything: Everything, portSuffix: string): ApplicationStatus {
  const { namespace = '', name } = key;
  const id = formatKey(key);
  const description = everything.descriptions.get(id);
  const application = description && parseApplication(description);
  const release = everything.releases.get(id);
  const secret = everything.secrets.get(`${id}-settings`);
  const enabled = application === undefined ? release !== undefined : readText(secret, 'enabled') === 'true';
  const unready = release && findUnready(everything.workloads, releaseNameOf(release));
  const ready =
    release !== undefined &&
    isReady(release) &&
    release.metadata.deletionTimestamp === undefined &&
    unready === undefined;
  const [newest] = release?.status?.history ?? [];
  const login = application && secret && readLogin(application, secret);
  return {
    name,
    namespace,
    title: application?.title ?? name,
    description: application?.description ?? '',
    enabled,
    version: newest?.appVersion ?? newest?.chartVersion ?? '',
    ready,
    url: findUrl(everything.routes, key, portSuffix),
    message: ready ? '' : explain(release, everything.pods, key, enabled, unready),
    ...(login === undefined ? {} : { login }),
  };
}

function isReady({ metadata, status }: Stored<HelmRelease>): boolean {
  return (
    findCondition(status?.conditions, 'Ready')?.status === 'True' && status?.observedGeneration === metadata.generation
  );
}

/** What of the release's workloads does not serve now, though the release itself went well. */
function findUnready(workloads: readonly Stored<KubeObject>[], { name, namespace }: ReleaseName): string | undefined {
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

function explain(
  release: Stored<HelmRelease> | undefined,
  allPods: readonly Stored<Pod>[],
  key: ObjectKey,
  enabled: boolean,
  unready: string | undefined,
): string {
  if (release === undefined) return enabled ? 'waiting for its prescription to be applied' : 'not enabled';
  if (release.metadata.deletionTimestamp !== undefined) return 'is being removed';
  const condition = findCondition(release.status?.conditions, 'Ready');
  const instance = release.spec?.releaseName ?? key.name;
  const waiting = allPods
    .filter(
      ({ metadata }) =>
        metadata.namespace === key.namespace && metadata.labels?.['app.kubernetes.io/instance'] === instance,
    )
    .map((pod) => progressOf(pod))
    .find((reason) => reason !== undefined);
  return waiting ?? (isReady(release) ? unready : undefined) ?? describeCondition(release, condition?.message);
}

/** What is wrong, and where it was rolled back to. */
function describeCondition({ status }: HelmRelease, message: string | undefined): string {
  const [newest] = status?.history ?? [];
  const remedied = findCondition(status?.conditions, 'Remediated');
  const wentBack = remedied?.status === 'True' && remedied.reason === 'RollbackSucceeded';
  if (wentBack && message) return `${message} (went back to version ${newest?.appVersion ?? newest?.chartVersion})`;
  return message ?? 'waiting for its first reconcile';
}

/** What a Pod waits for, in words for people: an image being built, a container that does not start. */
function progressOf(pod: Pod): string | undefined {
  const waiting = waitingReason(pod);
  if (waiting !== undefined) return waiting;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.map(({ state }) => state?.waiting?.message).find((message) => message);
}

function findUrl(routes: readonly Stored<Ingress>[], { namespace, name }: ObjectKey, portSuffix: string): string {
  const route = routes.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['app.kubernetes.io/instance'] === name,
  );
  const host = route?.spec?.rules?.find((rule) => rule.host)?.host;
  return host === undefined ? '' : `https://${host}${portSuffix}/`;
}

function readLogin({ login }: Application, secret: Secret): ApplicationStatus['login'] {
  if (login === undefined) return undefined;
  let value: unknown = parse(readText(secret, 'values.yaml'));
  for (const part of login.passwordFrom.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === 'string' ? { user: login.user, password: value } : undefined;
}

function readText(secret: Secret | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
}

function findProblems({ settings, sources, prescriptions }: Everything): string[] {
  const problem = settings?.metadata.annotations?.[settingsErrorAnnotation];
  const unready = [...sources, ...prescriptions].flatMap((object) => {
    const condition = findCondition(object.status?.conditions, 'Ready');
    const name = `${object.kind} ${formatKey(keyOf(object))}`;
    if (condition?.status === 'True') return [];
    return [`${name}: ${condition?.message ?? 'waiting for its first reconcile'}`];
  });
  return problem === undefined ? unready : [problem, ...unready];
}

function findUnknownApplications({ settings, descriptions }: Everything): string[] {
  const text = settings?.data?.['settings.yaml'];
  if (text === undefined || descriptions.size === 0) return [];
  const known = [...descriptions.keys()].map((id) => id.slice(id.indexOf('/') + 1));
  return parseSettings(text, 'settings.yaml')
    .enabledApplications.filter((name) => !known.includes(name))
    .map(
      (name) =>
        `settings.yaml enables "${name}", but the catalogue has no such application; it has ${known.sort().join(', ')}`,
    );
}
