import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Pod } from '@croft/api/types';
import { containerStatus } from './container-status.ts';
import type { ContainerView } from './container-view.ts';
import { podStatus } from './pod-status.ts';

const view = (more: Partial<ContainerView>): ContainerView => ({
  pod: { name: 'p', namespace: 'n', uid: 'u' },
  name: 'main',
  restartCount: 0,
  hash: '',
  sandboxId: 's',
  gracePeriodSeconds: 30,
  id: 'c0',
  state: 'running',
  exitCode: 0,
  oomKilled: false,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: undefined,
  finishedAtMs: 0,
  imageId: 'sha256:1',
  addresses: {},
  ...more,
});
const container = { name: 'main', image: 'app:1' };
const knowledge = { started: true, ready: true, ends: new Map() };
const status = (views: ContainerView[], more = {}) =>
  containerStatus(container, views, { ...knowledge, ...more }, 'ContainerCreating');

const pod = (restartPolicy: string): Pod => ({ spec: { containers: [container], restartPolicy } });
const phaseOf = (policy: string, main: ContainerStatus[], initialized = true) =>
  podStatus(pod(policy), {
    init: [],
    main,
    initialized,
    sandboxReady: true,
    podIp: '10.0.0.2',
    hostIp: '10.0.0.1',
    nowMs: 0,
  }).phase;

const ended = (exitCode: number) => view({ state: 'exited', exitCode, finishedAt: '2026-01-01T00:01:00Z' });

test('a container is waiting, then running, then terminated', () => {
  assert.deepEqual(status([]).state, { waiting: { reason: 'ContainerCreating' } });
  const running = status([view({})]);
  assert.deepEqual(running.state, { running: { startedAt: '2026-01-01T00:00:00Z' } });
  assert.deepEqual([running.ready, running.started, running.containerID], [true, true, 'podman://c0']);
  const { terminated } = status([ended(2)]).state ?? {};
  assert.deepEqual([terminated?.exitCode, terminated?.reason], [2, 'Error']);
});

test('after a restart the end before it is the last state', () => {
  const restarted = status([view({ id: 'c1', restartCount: 1 }), ended(1)]);
  assert.equal(restarted.restartCount, 1);
  assert.equal(restarted.lastState?.terminated?.exitCode, 1);
  const backingOff = status([ended(1)], { waiting: { reason: 'CrashLoopBackOff' } });
  assert.equal(backingOff.state?.waiting?.reason, 'CrashLoopBackOff');
  assert.equal(backingOff.lastState?.terminated?.exitCode, 1);
});

test('lack of memory is told as such', () => {
  const ends = new Map([['c0', { oomKilled: true, message: 'last words' }]]);
  const { terminated } = status([ended(137)], { ends }).state ?? {};
  assert.deepEqual([terminated?.reason, terminated?.message], ['OOMKilled', 'last words']);
});

test('the phase follows the containers and the restart policy', () => {
  assert.equal(phaseOf('Always', [status([])]), 'Pending');
  assert.equal(phaseOf('Always', [status([view({})])]), 'Running');
  assert.equal(phaseOf('Always', [status([ended(0)])]), 'Running');
  assert.equal(phaseOf('Never', [status([ended(0)])]), 'Succeeded');
  assert.equal(phaseOf('Never', [status([ended(1)])]), 'Failed');
  assert.equal(phaseOf('OnFailure', [status([ended(0)])]), 'Succeeded');
  assert.equal(phaseOf('OnFailure', [status([ended(1)])]), 'Running');
  assert.equal(phaseOf('Always', [status([ended(1)], { waiting: { reason: 'CrashLoopBackOff' } })]), 'Running');
  assert.equal(phaseOf('Always', [status([])], false), 'Pending');
});

test('conditions name what is not ready, and keep the time of their last change', () => {
  const findings = { init: [], initialized: true, sandboxReady: true, podIp: '10.0.0.2', hostIp: '10.0.0.1' };
  const first = podStatus(pod('Always'), { ...findings, main: [status([view({})], { ready: false })], nowMs: 0 });
  const unready = first.conditions?.find(({ type }) => type === 'Ready');
  assert.equal(unready?.message, 'containers with unready status: [main]');
  const main = [status([view({})])];
  const second = podStatus({ ...pod('Always'), status: first }, { ...findings, main, nowMs: 60_000 });
  const times = Object.fromEntries(
    second.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]) ?? [],
  );
  assert.deepEqual([times.Ready, times.Initialized], ['1970-01-01T00:01:00Z', '1970-01-01T00:00:00Z']);
});
