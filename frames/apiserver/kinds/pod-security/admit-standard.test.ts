import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@croft/api/object';
import { startTestServer } from '../../test-server.ts';
import { findKindRules } from '../rules.ts';

const labelled = (labels: Record<string, string>) => ({
  find: (): KubeObject => ({
    metadata: {
      labels: Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    },
  }),
  list: () => [],
});

const pod = (container: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n' },
  spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
});

const review = (labels: Record<string, string>, object: object, old?: object) =>
  findKindRules('', 'v1', 'pods')?.review?.(object as never, old as never, labelled(labels) as never);

test('refuses a pod that lets go of less than the namespace asks for', () => {
  assert.throws(() => review({ enforce: 'restricted' }, pod()), {
    message:
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  });
  const modest = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const spec = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
  assert.deepEqual(review({ enforce: 'restricted' }, pod({ securityContext: modest }, spec)), []);
});

test('names what the baseline does not allow', () => {
  const bad = {
    ports: [{ containerPort: 80, hostPort: 80 }],
    securityContext: {
      privileged: true,
      seLinuxOptions: { type: 'x', user: 'u' },
      appArmorProfile: { type: 'Unconfined' },
    },
    livenessProbe: { httpGet: { host: '10.0.0.1' } },
  };
  const spec = {
    hostNetwork: true,
    securityContext: { seccompProfile: { type: 'Unconfined' }, sysctls: [{ name: 'net.ipv4.tcp_rmem' }] },
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
  };
  assert.throws(() => review({ enforce: 'baseline', 'enforce-version': 'v1.31' }, pod(bad, spec)), {
    message:
      'pods "p" is forbidden: violates PodSecurity "baseline:v1.31": forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined"), host namespaces (hostNetwork=true), hostPath volumes (volume "v"), hostPort (container "c" uses hostPort 80), privileged (container "c" must not set securityContext.privileged=true), seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "x"; user may not be set), seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined"), forbidden sysctls (net.ipv4.tcp_rmem)',
  });
});

test('leaves a pod alone whose images stay what they were', () => {
  assert.deepEqual(review({ enforce: 'restricted' }, pod(), pod()), []);
  assert.throws(() => review({ enforce: 'restricted' }, pod({ image: 'j' }), pod()), /violates PodSecurity/);
});

test('warns of a template', () => {
  const template = { spec: pod({}, { hostPID: true }).spec };
  const deployment = { metadata: { name: 'd', namespace: 'n' }, spec: { template } };
  const rules = findKindRules('apps', 'v1', 'deployments');
  assert.deepEqual(rules?.review?.(deployment as never, undefined, labelled({ enforce: 'baseline' }) as never), [
    'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)',
  ]);
});

test('refuses labels that say nothing known', () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'strict', 'pod-security.kubernetes.io/warn-version': '1.2' };
  const errors = findKindRules('', 'v1', 'namespaces')?.validate({ metadata: { name: 'n', labels } });
  assert.deepEqual(
    errors?.map(({ detail }) => detail),
    ['must be one of privileged, baseline, restricted', 'must be "latest" or "v1.x"'],
  );
});

test('warns of pods that a stricter namespace would not let in', () => {
  const labelsOf = (labels: Record<string, string>) => labelled(labels).find();
  const named = (name: string) => ({
    ...pod({}, { hostPID: true, hostNetwork: true }),
    metadata: { name, namespace: 'n' },
  });
  const lookup = { ...labelled({}), list: () => [named('b'), pod(), named('a')] };
  const strict = { metadata: { ...labelsOf({ enforce: 'baseline' }).metadata, name: 'n' } };
  const rules = findKindRules('', 'v1', 'namespaces');
  assert.deepEqual(rules?.review?.(strict as never, { metadata: { name: 'n' } }, lookup as never), [
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
    'a (and 1 other pod): host namespaces',
  ]);
  assert.deepEqual(rules?.review?.(strict as never, strict as never, lookup as never), []);
});

test('a server refuses the pod and warns of what would make it', async () => {
  await using server = await startTestServer();
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
  await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'n', labels } });
  await server.call('POST', '/api/v1/namespaces/n/serviceaccounts', { metadata: { name: 'default' } });
  const { spec } = pod({}, { hostPID: true });
  const refused = await server.call('POST', '/api/v1/namespaces/n/pods', { metadata: { name: 'p' }, spec });
  assert.equal(refused.status, 403);
  const template = { metadata: { labels: { a: 'b' } }, spec };
  const made = await server.call('POST', '/apis/apps/v1/namespaces/n/deployments', {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  });
  assert.equal(made.status, 201);
  assert.match(made.headers.get('warning') ?? '', /would violate PodSecurity/);
});
