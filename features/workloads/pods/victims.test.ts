import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { orderVictims } from './victims.ts';

interface Traits {
  node?: string;
  phase?: string;
  readySince?: string;
  cost?: string;
  restarts?: number;
  created?: string;
}

function pod(name: string, traits: Traits): Stored<Pod> {
  const { node, phase = 'Running', readySince, cost, restarts = 0, created = '2026-01-01T00:00:00Z' } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: created,
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node === undefined ? {} : { nodeName: node }) },
    status: {
      phase,
      containerStatuses: [{ name: 'c', ready: true, restartCount: restarts, image: '', imageID: '' }],
      ...(readySince === undefined
        ? {}
        : { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }] }),
    },
  };
}

const names = (pods: Stored<Pod>[]) => pods.map(({ metadata }) => metadata.name);

test('what nobody would miss goes first', () => {
  const early = '2026-01-01T00:00:00Z';
  const pods = [
    pod('old-ready', { node: 'n', readySince: early }),
    pod('new-ready', { node: 'n', readySince: '2026-01-01T01:00:00Z' }),
    pod('cheap', { node: 'n', readySince: early, cost: '-5' }),
    pod('restarted', { node: 'n', readySince: early, restarts: 3 }),
    pod('not-ready', { node: 'n' }),
    pod('pending', { node: 'n', phase: 'Pending' }),
    pod('unassigned', { phase: 'Pending' }),
    pod('younger', { node: 'n', readySince: early, created: '2026-01-02T00:00:00Z' }),
  ];
  assert.deepEqual(names(orderVictims(pods)), [
    'unassigned',
    'pending',
    'not-ready',
    'cheap',
    'new-ready',
    'restarted',
    'younger',
    'old-ready',
  ]);
});
