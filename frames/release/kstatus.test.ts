import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@croft/api/object';
import { kstatusOf } from './kstatus.ts';
import { readinessOf } from './readiness.ts';

const object = (kind: string, spec: object, status: object, apiVersion = 'apps/v1') =>
  ({ apiVersion, kind, metadata: { name: 'x', generation: 2 }, spec, status }) as unknown as KubeObject;

const available = [
  { type: 'Available', status: 'True' },
  { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
];
const counts = (n: number) => ({ replicas: n, updatedReplicas: n, readyReplicas: n, availableReplicas: n });

test('objects are as far as kstatus says, in its words', () => {
  const cases: [KubeObject, string, string][] = [
    [object('Deployment', { replicas: 1 }, {}), 'InProgress', 'Replicas: 0/1'],
    [object('Deployment', { replicas: 1 }, { ...counts(1), readyReplicas: 0 }), 'InProgress', 'Ready: 0/1'],
    [
      object('Deployment', { replicas: 1 }, { ...counts(2), updatedReplicas: 1 }),
      'InProgress',
      'Pending termination: 1',
    ],
    [
      object('Deployment', {}, { ...counts(1), conditions: available }),
      'Current',
      'Deployment is available. Replicas: 1',
    ],
    [
      object('Deployment', {}, { observedGeneration: 1 }),
      'InProgress',
      'Deployment generation is 2, but latest observed generation is 1',
    ],
    [
      object(
        'Deployment',
        {},
        { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      ),
      'Failed',
      'Progress deadline exceeded',
    ],
    [object('StatefulSet', { replicas: 2 }, { replicas: 1 }), 'InProgress', 'Replicas: 1/2'],
    [object('DaemonSet', {}, {}), 'InProgress', 'DaemonSet status.observedGeneration not found'],
    [object('Job', {}, {}, 'batch/v1'), 'InProgress', 'Job not started'],
    [
      object('Job', {}, { startTime: 'now', active: 1 }, 'batch/v1'),
      'Current',
      'Job in progress. success:0, active: 1, failed: 0',
    ],
    [object('Pod', {}, { phase: 'Running' }, 'v1'), 'InProgress', 'Pod is running but is not Ready'],
    [object('PersistentVolumeClaim', {}, {}, 'v1'), 'InProgress', 'PVC is not Bound. phase: unknown'],
    [object('Service', { type: 'LoadBalancer', clusterIP: '1' }, {}, 'v1'), 'Current', 'Service is ready'],
    [object('Lamp', {}, { conditions: [{ type: 'Stalled', status: 'True', message: 'no' }] }, 'x/v1'), 'Failed', 'no'],
    [
      object('Lamp', {}, { conditions: [{ type: 'Ready', status: 'False', message: 'soon' }] }, 'x/v1'),
      'InProgress',
      'soon',
    ],
    [object('Lamp', {}, {}, 'x/v1'), 'Current', 'Resource is current'],
  ];
  for (const [given, status, message] of cases) assert.deepEqual(kstatusOf(given), { status, message });
});

test('Croft asks more of Jobs, Pods, load balancers and what nobody looked at', () => {
  const running = object('Job', {}, { startTime: 'now', active: 1 }, 'batch/v1');
  const failed = object('Pod', {}, { phase: 'Failed', message: 'evicted' }, 'v1');
  const balancer = object('Service', { type: 'LoadBalancer', clusterIP: '1' }, {}, 'v1');
  const fresh = object('Deployment', { replicas: 0 }, {});
  const all = [running, failed, balancer, fresh].map((given) => readinessOf(given));
  assert.deepEqual(
    all.map(({ status }) => status),
    ['InProgress', 'Failed', 'InProgress', 'InProgress'],
  );
});
