import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '@croft/api/types';
import { parseLabels, renderContainerName } from './container-labels.ts';
import { renderContainerRequest, renderSandboxRequest } from './container-request.ts';
import { normalizeImage, pullPolicyOf } from './image-reference.ts';
import { validateNonRoot } from './security-options.ts';

const identity = {
  pod: { name: 'web', namespace: 'shop', uid: 'u1' },
  name: 'main',
  restartCount: 2,
  hash: 'h',
  sandboxId: 'box',
  gracePeriodSeconds: 30,
};
const parts = { identity, environment: new Map([['A', 'x']]), mounts: [], logPath: '/logs/2.log', cgroup: '/c/podu1' };
const render = (container: Partial<Container>, spec: Partial<Pod['spec']> = {}) =>
  renderContainerRequest({ spec: { containers: [], ...spec } }, { name: 'main', image: 'nginx', ...container }, parts);

test('a container joins its sandbox and carries all that is needed to know it again', () => {
  const { HostConfig, Labels, Image } = render({});
  assert.equal(Image, 'docker.io/library/nginx:latest');
  assert.deepEqual(
    [HostConfig.NetworkMode, HostConfig.IpcMode, HostConfig.UTSMode],
    ['container:box', 'container:box', 'container:box'],
  );
  assert.deepEqual(parseLabels(Labels), identity);
  assert.equal(renderContainerName(identity), 'k8s_main_web_shop_u1_2');
});

test('command and args replace entrypoint and command, with variables', () => {
  const { Entrypoint, Cmd } = render({ command: ['run', '$(A)'], args: ['$(B)'] });
  assert.deepEqual([Entrypoint, Cmd], [['run', 'x'], ['$(B)']]);
  assert.equal('Entrypoint' in render({}), false);
});

test('limits become bytes and quotas; there is no swap beyond memory', () => {
  const { HostConfig } = render({ resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '250m' } } });
  const { CpuPeriod, CpuQuota, CpuShares, Memory, MemorySwap } = HostConfig;
  assert.deepEqual([CpuPeriod, CpuQuota, CpuShares], [100_000, 50_000, 256]);
  assert.deepEqual([Memory, MemorySwap], [67_108_864, 67_108_864]);
});

test('the container decides before its Pod on security', () => {
  const { User, HostConfig } = render(
    {
      securityContext: {
        runAsUser: 7,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
      },
    },
    { securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4] } },
  );
  assert.equal(User, '7:2');
  assert.deepEqual(HostConfig.GroupAdd, ['4', '3']);
  assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges']);
  assert.deepEqual([HostConfig.CapDrop, HostConfig.CapAdd], [['ALL'], ['NET_BIND_SERVICE']]);
  assert.equal(HostConfig.ReadonlyRootfs, true);
});

test('a sandbox on the host network has no network of its own', () => {
  const means = { image: 'p', network: 'n', cgroup: '/c', canRaiseLimits: false };
  const pod = { metadata: { name: 'web' }, spec: { containers: [], hostNetwork: true } };
  assert.equal(renderSandboxRequest(pod, identity, means).HostConfig.NetworkMode, 'host');
  const own = renderSandboxRequest({ ...pod, spec: { containers: [] } }, identity, means);
  assert.deepEqual([own.HostConfig.NetworkMode, own.Hostname], ['n', 'web']);
});

test('names of images are completed; the tag latest is pulled always, but not what is built here', () => {
  assert.equal(normalizeImage('org/app:1'), 'docker.io/org/app:1');
  assert.equal(normalizeImage('host:5000/app'), 'host:5000/app:latest');
  assert.equal(normalizeImage('r.io/app@sha256:12'), 'r.io/app@sha256:12');
  const policies = ['nginx', 'nginx:1', 'localhost/croft/x:latest'].map((image) => pullPolicyOf({ name: 'x', image }));
  assert.deepEqual(policies, ['Always', 'IfNotPresent', 'IfNotPresent']);
});

test('who must not be root is refused when that cannot be ruled out', () => {
  const check = (user: string, runAsUser?: number) =>
    validateNonRoot(
      { containers: [] },
      { runAsNonRoot: true, ...(runAsUser === undefined ? {} : { runAsUser }) },
      user,
    );
  assert.match(check('') ?? '', /image will run as root/);
  assert.match(check('app') ?? '', /non-numeric user \(app\)/);
  assert.match(check('5', 0) ?? '', /breaks non-root policy/);
  assert.equal(check('1000:1000'), undefined);
  assert.equal(check('', 1000), undefined);
});
