import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '@croft/api/kind';
import {
  configMaps,
  customResourceDefinitions,
  daemonSets,
  deployments,
  jobs,
  persistentVolumeClaims,
  pods,
  replicaSets,
  services,
  statefulSets,
} from '@croft/api/kinds';
import type { KubeObject, Stored } from '@croft/api/object';
import { readyForHelm } from './ready-for-helm.ts';

type Fields = Record<string, unknown>;

const live = (fields: Fields = {}) =>
  ({
    metadata: { name: 'x', uid: 'u', resourceVersion: '1', generation: 1 },
    ...fields,
  }) as unknown as Stored<KubeObject>;
const observed = (status: Fields = {}) => ({ observedGeneration: 1, ...status });

function isReady(
  kind: Kind,
  object: Stored<KubeObject> | undefined,
  others: Stored<KubeObject>[] = [],
  checkJobs = true,
) {
  const one = { kind, key: { namespace: 'n', name: 'x' } };
  return readyForHelm(checkJobs)(object, one, () => others).status === 'Current';
}

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const rolling = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [] } };
const web = {
  replicas: 4,
  template,
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
};
const setOf = (readyReplicas: number, uid = 'u') =>
  ({
    metadata: { name: 'x-1', generation: 1, ownerReferences: [{ uid, controller: true }] },
    spec: { template: { ...template, metadata: { labels: { app: 'x', 'pod-template-hash': '1' } } } },
    status: observed({ readyReplicas }),
  }) as unknown as Stored<KubeObject>;

test('kinds are ready by the rules of Helm 3', () => {
  const cases: [string, boolean, Kind, Stored<KubeObject> | undefined, Stored<KubeObject>[]?][] = [
    ['an object of another kind', true, configMaps, undefined],
    ['a Pod that is ready', true, pods, live({ status: ready })],
    ['a Pod that has succeeded', false, pods, live({ status: { phase: 'Succeeded' } })],
    ['a Pod that is not there', false, pods, undefined],
    ['a bound claim', true, persistentVolumeClaims, live({ status: { phase: 'Bound' } })],
    ['an unbound claim', false, persistentVolumeClaims, live({ status: { phase: 'Pending' } })],
    ['a Service with an address', true, services, live({ spec: { clusterIP: '10.0.0.1' } })],
    ['a Service without one', false, services, live({ spec: {} })],
    ['an external name', true, services, live({ spec: { type: 'ExternalName' } })],
    [
      'a load balancer that waits',
      false,
      services,
      live({ spec: { type: 'LoadBalancer', clusterIP: '1' }, status: {} }),
    ],
    [
      'a load balancer with an address',
      true,
      services,
      live({ spec: { type: 'LoadBalancer', clusterIP: '1' }, status: { loadBalancer: { ingress: [{ ip: '1' }] } } }),
    ],
    [
      'external addresses',
      true,
      services,
      live({ spec: { type: 'LoadBalancer', clusterIP: '1', externalIPs: ['1'] } }),
    ],
    ['a finished Job', true, jobs, live({ spec: { completions: 1, backoffLimit: 6 }, status: { succeeded: 1 } })],
    ['a running Job', false, jobs, live({ spec: { completions: 1, backoffLimit: 6 }, status: {} })],
    [
      'a lost Job',
      false,
      jobs,
      live({ spec: { completions: 1, backoffLimit: 0 }, status: { failed: 1, succeeded: 1 } }),
    ],
    ['a Deployment with enough Pods', true, deployments, live({ spec: web, status: observed() }), [setOf(3)]],
    ['a Deployment with too few', false, deployments, live({ spec: web, status: observed() }), [setOf(2)]],
    ['a Deployment that was not looked at', false, deployments, live({ spec: web }), [setOf(4)]],
    [
      'a Deployment with sets of others',
      false,
      deployments,
      live({ spec: web, status: observed() }),
      [setOf(4, 'other')],
    ],
    ['a paused Deployment', true, deployments, live({ spec: { ...web, paused: true } })],
    ['a ReplicaSet without Pods', true, replicaSets, live({ spec: {}, status: observed() })],
    ['a ReplicaSet whose Pod is not ready', false, replicaSets, live({ spec: {}, status: observed() }), [live()]],
    [
      'a DaemonSet that may lack one',
      true,
      daemonSets,
      live({
        spec: rolling,
        status: observed({ desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 1 }),
      }),
    ],
    [
      'a DaemonSet that is being updated',
      false,
      daemonSets,
      live({
        spec: rolling,
        status: observed({ desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberReady: 2 }),
      }),
    ],
    [
      'a StatefulSet with all Pods',
      true,
      statefulSets,
      live({ spec: { ...rolling, replicas: 2 }, status: observed({ updatedReplicas: 2, readyReplicas: 2 }) }),
    ],
    [
      'a StatefulSet between revisions',
      false,
      statefulSets,
      live({
        spec: { ...rolling, replicas: 1 },
        status: observed({ updatedReplicas: 1, readyReplicas: 1, currentRevision: 'a', updateRevision: 'b' }),
      }),
    ],
    [
      'an established definition',
      true,
      customResourceDefinitions,
      live({ status: { conditions: [{ type: 'Established', status: 'True' }] } }),
    ],
    ['a definition that is new', false, customResourceDefinitions, live({ status: {} })],
  ];
  for (const [what, expected, kind, object, others] of cases)
    assert.equal(isReady(kind, object, others), expected, what);
});

test('Jobs are looked at only where they are asked for', () => {
  assert.equal(isReady(jobs, live({ spec: { completions: 1 }, status: {} }), [], false), true);
});
