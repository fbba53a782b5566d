import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { configMaps, events, persistentVolumeClaims, persistentVolumes, pods, secrets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { isTrue } from '@croft/controller/conditions';
import { createContainer, findContainer, listContainers, removeContainer } from './engine/containers.ts';
import { execInContainer } from './engine/exec.ts';
import { parseLabels, renderContainerName, renderLabels, sandboxContainer } from './pod/container-labels.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';
import { busyboxImage } from './testing/test-podman.ts';

let node: TestNode;
before(async () => {
  node = await startTestNode();
});
after(async () => {
  await node[Symbol.asyncDispose]();
});

const shell = (script: string) => ({ image: busyboxImage, command: ['sh', '-c', script] });
const forever = 'trap "exit 0" INT; while :; do sleep 0.1; done';
const isReady = ({ status }: Stored<Pod>) => isTrue(status?.conditions, 'Ready');
const hasEnded = ({ status }: Stored<Pod>) => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const metadata = (name: string) => ({ name, namespace: 'default' });

test('init containers run one after another before the main ones', async () => {
  const volumeMounts = [{ name: 'work', mountPath: '/work' }];
  const step = (name: string) => ({ name, volumeMounts, ...shell(`sleep 0.1; echo ${name} >> /work/steps`) });
  await node.createPod('init', {
    restartPolicy: 'Never',
    volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [step('one'), step('two')],
    containers: [{ name: 'main', volumeMounts, ...shell('cat /work/steps') }],
  });
  const pod = await node.waitForPod('init', hasEnded);
  assert.equal(pod.status?.phase, 'Succeeded');
  assert.equal(await node.readLog('init', '?container=main'), 'one\ntwo\n');
  assert.ok(isTrue(pod.status?.conditions, 'Initialized'));
  assert.deepEqual(
    pod.status?.initContainerStatuses?.map(({ ready }) => ready),
    [true, true],
  );
});

test('variables and files come from configMaps, secrets, the Pod and other variables', async () => {
  await node.client.create(configMaps, {
    metadata: metadata('settings'),
    data: { COLOUR: 'green', 'app.conf': 'x=1\n' },
  });
  await node.client.create(secrets, {
    metadata: metadata('hidden'),
    data: { password: Buffer.from('s3cret').toString('base64') },
  });
  await node.createPod(
    'config',
    {
      restartPolicy: 'Never',
      securityContext: { fsGroup: 2000, runAsUser: 1000 },
      volumes: [
        { name: 'conf', configMap: { name: 'settings', items: [{ key: 'app.conf', path: 'sub/app.conf' }] } },
        { name: 'secret', secret: { secretName: 'hidden', defaultMode: 0o400 } },
        { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
      containers: [
        {
          name: 'main',
          ...shell(
            'echo $A $B $C $D $COLOUR; cat /conf/sub/app.conf /secret/password; echo; cat /info/labels; echo; id -G; cat /one',
          ),
          envFrom: [{ configMapRef: { name: 'settings' } }],
          env: [
            { name: 'A', value: 'a' },
            { name: 'B', value: '$(A)b$$(A)' },
            { name: 'C', valueFrom: { secretKeyRef: { name: 'hidden', key: 'password' } } },
            { name: 'D', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          volumeMounts: [
            { name: 'conf', mountPath: '/conf' },
            { name: 'secret', mountPath: '/secret' },
            { name: 'info', mountPath: '/info' },
            { name: 'conf', mountPath: '/one', subPath: 'sub/app.conf' },
          ],
        },
      ],
    },
    { labels: { app: 'demo' } },
  );
  await node.waitForPod('config', hasEnded);
  assert.equal(await node.readLog('config'), 'a ab$(A) s3cret config green\nx=1\ns3cret\napp="demo"\n0 2000\nx=1\n');
});

test('a changed configMap reaches the running container', async () => {
  await node.client.create(configMaps, { metadata: metadata('live'), data: { text: 'before' } });
  await node.createPod('live', {
    volumes: [{ name: 'live', configMap: { name: 'live' } }],
    containers: [
      {
        name: 'main',
        ...shell('until grep -q after /live/text; do sleep 0.05; done; echo seen; exit 0'),
        volumeMounts: [{ name: 'live', mountPath: '/live' }],
      },
    ],
    restartPolicy: 'Never',
  });
  await node.waitForPod('live', isReady);
  await node.client.patch(configMaps, { namespace: 'default', name: 'live' }, { data: { text: 'after' } });
  await node.waitForPod('live', hasEnded);
  assert.equal(await node.readLog('live'), 'seen\n');
});

test('a Pod waits for what it refers to, and says so', async () => {
  await node.createPod('waits', {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'main',
        ...shell('echo $X'),
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'late', key: 'x' } } }],
      },
    ],
  });
  const waiting = await node.waitForPod(
    'waits',
    ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.message !== undefined,
  );
  assert.deepEqual(waiting.status?.containerStatuses?.[0]?.state?.waiting, {
    reason: 'CreateContainerConfigError',
    message: 'secret "late" not found',
  });
  await node.client.create(secrets, {
    metadata: metadata('late'),
    data: { x: Buffer.from('here').toString('base64') },
  });
  await node.waitForPod('waits', hasEnded);
  assert.equal(await node.readLog('waits'), 'here\n');
});

test('a container that ends is started again, later each time; the log of the one before is kept', async () => {
  await node.createPod('crash', { containers: [{ name: 'main', ...shell('echo run; exit 1') }] });
  const pod = await node.waitForPod(
    'crash',
    ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
  );
  const [status] = pod.status?.containerStatuses ?? [];
  assert.equal(status?.restartCount, 1);
  assert.equal(status?.lastState?.terminated?.exitCode, 1);
  assert.match(
    status?.state?.waiting?.message ?? '',
    /^back-off 10s restarting failed container=main pod=crash_default\(/,
  );
  assert.equal(pod.status?.phase, 'Running');
  assert.equal(await node.readLog('crash', '?previous=true'), 'run\n');
  await node.client.delete(pods, { namespace: 'default', name: 'crash' });
  await node.waitUntilGone('crash');
});

test('probes decide on ready and on life', async () => {
  await node.createPod('probed', {
    containers: [
      {
        name: 'main',
        ...shell(`mkdir /www; touch /www/up; httpd -p 8080 -h /www; ${forever}`),
        ports: [{ name: 'web', containerPort: 8080 }],
        startupProbe: { tcpSocket: { port: 'web' }, periodSeconds: 1 },
        readinessProbe: { httpGet: { path: '/up', port: 'web' }, periodSeconds: 1 },
        livenessProbe: { exec: { command: ['test', '!', '-e', '/www/dead'] }, periodSeconds: 1, failureThreshold: 1 },
      },
    ],
  });
  const first = await node.waitForPod('probed', isReady);
  const { engine } = node.instance.podman;
  const id = first.status?.containerStatuses?.[0]?.containerID?.replace('podman://', '') ?? '';
  await execInContainer(engine, id, ['rm', '/www/up'], { timeoutMs: 5000 });
  await node.waitForPod('probed', (pod) => !isReady(pod));
  await execInContainer(engine, id, ['touch', '/www/dead'], { timeoutMs: 5000 });
  const again = await node.waitForPod(
    'probed',
    (pod) => isReady(pod) && pod.status?.containerStatuses?.[0]?.restartCount === 1,
  );
  assert.notEqual(again.status?.containerStatuses?.[0]?.containerID, first.status?.containerStatuses?.[0]?.containerID);
  const told = (await node.client.list(events, { namespace: 'default' })).items.map(({ reason }) => reason);
  assert.ok(told.includes('Unhealthy') && told.includes('Killing'), String(told));
});

test('running containers are taken over after a restart, without being restarted', async () => {
  await node.createPod('stays', {
    containers: [
      {
        name: 'main',
        ...shell(forever),
        readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      },
    ],
  });
  const before = await node.waitForPod('stays', isReady);
  await node.createPod('orphan', { containers: [{ name: 'main', ...shell(forever) }] });
  await node.waitForPod('orphan', isReady);
  await node.restart();
  const after = await node.waitForPod('stays', isReady);
  assert.deepEqual(after.status?.containerStatuses, before.status?.containerStatuses);
  assert.equal(after.status?.podIP, before.status?.podIP);
  await node.client.delete(pods, { namespace: 'default', name: 'orphan' });
  await node.waitUntilGone('orphan');
});

test('a Pod whose containers are gone after a reboot is not Ready until they are again', async () => {
  await node.createPod('lost', { containers: [{ name: 'main', ...shell(forever) }] });
  const before = await node.waitForPod('lost', isReady);
  await node.stop();
  const { engine } = node.instance.podman;
  const remove = async (name: string) => {
    const found = (await listContainers(engine)).find(({ Labels }) => {
      const identity = parseLabels(Labels);
      return identity?.pod.name === 'lost' && identity.name === name;
    });
    await removeContainer(engine, found?.Id ?? '');
  };
  await remove('main');
  await remove(sandboxContainer); // last, as the other one lives in its network
  const unready = node.waitForPod('lost', (pod) => !isReady(pod));
  await node.restart();
  assert.equal((await unready).status?.containerStatuses?.[0]?.ready, false);
  const after = await node.waitForPod('lost', isReady);
  assert.notEqual(
    after.status?.containerStatuses?.[0]?.containerID,
    before.status?.containerStatuses?.[0]?.containerID,
  );
});

const waitingOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.waiting;

test('a missing image is told, with what is wrong', async () => {
  await node.createPod('noimage', { containers: [{ name: 'main', image: 'localhost/croft/none:1' }] });
  const reasons = new Set<string | undefined>();
  await node.waitForPod('noimage', ({ status }) => {
    reasons.add(status?.containerStatuses?.[0]?.state?.waiting?.reason);
    return reasons.has('ImagePullBackOff');
  });
  assert.ok(reasons.has('ErrImagePull'), [...reasons].join());
  // Another Pod does not wait for what failed before it came.
  await node.createPod('noimage-too', { containers: [{ name: 'main', image: 'localhost/croft/none:1' }] });
  const failed = await node.waitForPod('noimage-too', (pod) => waitingOf(pod)?.message !== undefined);
  assert.equal(waitingOf(failed)?.reason, 'ErrImagePull');
});

test('a name that no image can have is told', async () => {
  await node.createPod('noname', { containers: [{ name: 'main', image: 'Not An Image' }] });
  const pod = await node.waitForPod('noname', (found) => waitingOf(found)?.message !== undefined);
  const { reason, message } = waitingOf(pod) ?? {};
  assert.equal(reason, 'InvalidImageName');
  assert.match(message ?? '', /couldn't parse image name "Not An Image": invalid reference format/);
});

test('claims are folders of the machine that outlive their Pods', async () => {
  const path = `${node.instance.dir}/volumes/data`;
  await mkdir(path, { recursive: true });
  await node.client.create(persistentVolumes, {
    metadata: { name: 'pv' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['test'] }] },
          ],
        },
      },
    },
  });
  await node.client.create(persistentVolumeClaims, {
    metadata: metadata('data'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'pv' },
  });
  await node.createPod('claims', {
    restartPolicy: 'Never',
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    containers: [
      { name: 'main', ...shell('echo kept > /data/file'), volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ],
  });
  await node.client.patch(
    persistentVolumeClaims,
    { namespace: 'default', name: 'data' },
    { status: { phase: 'Bound' } },
    { subresource: 'status' },
  );
  await node.waitForPod('claims', hasEnded);
  await node.client.delete(pods, { namespace: 'default', name: 'claims' });
  await node.waitUntilGone('claims');
  assert.equal(await readFile(`${path}/file`, 'utf8'), 'kept\n');
});

test('hooks run; the stop signal of the image is sent; the grace period is kept', async () => {
  await node.createPod('hooks', {
    volumes: [{ name: 'out', hostPath: { path: `${node.instance.dir}/out`, type: 'DirectoryOrCreate' } }],
    containers: [
      {
        name: 'main',
        ...shell('trap "echo int >> /out/log; exit 0" INT; while :; do sleep 0.1; done'),
        volumeMounts: [{ name: 'out', mountPath: '/out' }],
        lifecycle: {
          postStart: { exec: { command: ['sh', '-c', 'echo started >> /out/log'] } },
          preStop: { exec: { command: ['sh', '-c', 'echo stopping >> /out/log'] } },
        },
      },
    ],
  });
  await node.waitForPod('hooks', isReady);
  await node.client.delete(pods, { namespace: 'default', name: 'hooks' });
  await node.waitUntilGone('hooks');
  assert.equal(await readFile(`${node.instance.dir}/out/log`, 'utf8'), 'started\nstopping\nint\n');
});

test('a container beyond its memory limit is OOMKilled', async () => {
  await node.createPod('memory', {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'main',
        image: busyboxImage,
        command: ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'],
        resources: { limits: { memory: '16Mi' } },
      },
    ],
  });
  const pod = await node.waitForPod('memory', hasEnded);
  const end = pod.status?.containerStatuses?.[0]?.state?.terminated;
  assert.deepEqual([end?.exitCode, end?.reason], [137, 'OOMKilled']);
});

test('a log is followed to its end', async () => {
  await node.createPod('follow', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', ...shell('for i in 1 2 3 4; do echo line $i; sleep 0.2; done') }],
  });
  await node.waitForPod('follow', ({ status }) => status?.containerStatuses?.[0]?.state?.running !== undefined);
  assert.equal(await node.readLog('follow', '?follow=true'), 'line 1\nline 2\nline 3\nline 4\n');
  assert.equal(await node.readLog('follow', '?tailLines=1'), 'line 4\n');
  assert.match(await node.readLog('follow', '?timestamps=true&tailLines=1'), /^\d{4}-.*Z line 4\n$/);
});

test('a Pod may not run longer than its deadline', async () => {
  await node.createPod('late', { activeDeadlineSeconds: 1, containers: [{ name: 'main', ...shell(forever) }] });
  const pod = await node.waitForPod('late', hasEnded);
  assert.deepEqual([pod.status?.phase, pod.status?.reason], ['Failed', 'DeadlineExceeded']);
});

test('a container that was made but never started is no restart', async () => {
  const { engine } = node.instance.podman;
  const pod = await node.createPod('cut', { containers: [{ name: 'main', ...shell('sleep 0.3; exit 1') }] });
  const { status } = await node.waitForPod('cut', isReady);
  const [running] = status?.containerStatuses ?? [];
  // What a process leaves that ends between making a container and starting it.
  const identity = parseLabels(
    (await findContainer(engine, running?.containerID?.replace('podman://', '') ?? ''))?.Config.Labels ?? null,
  );
  assert.ok(identity);
  await node.stop();
  const next = { ...identity, restartCount: 1 };
  const body = { Image: busyboxImage, Labels: renderLabels(next), HostConfig: { NetworkMode: 'none' } };
  await createContainer(engine, renderContainerName(next), body);
  await node.restart();
  const after = await node.waitForPod(
    'cut',
    (now) => now.status?.containerStatuses?.[0]?.restartCount === 1 && isReady(now),
  );
  assert.equal(after.metadata.uid, pod.metadata.uid);
});

test('a Pod has the token of its service account', async () => {
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  await node.createPod('token', {
    automountServiceAccountToken: true,
    restartPolicy: 'Never',
    containers: [{ name: 'main', ...shell(`cat ${folder}/namespace; echo; wc -c < ${folder}/token; ls ${folder}`) }],
  });
  await node.waitForPod('token', hasEnded);
  assert.match(await node.readLog('token'), /^default\n[1-9]\d{2,}\nca.crt\nnamespace\ntoken\n$/);
});
