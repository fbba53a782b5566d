import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import { findKindRules } from '../rules.ts';

const rules = findKindRules('autoscaling', 'v2', 'horizontalpodautoscalers');

function faults(spec: object): string {
  assert.ok(rules !== undefined);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const { object } = rules.decode({ metadata: { name: 'h' }, spec: { scaleTargetRef, maxReplicas: 3, ...spec } });
  rules.default(object);
  return formatFieldErrors(rules.validate(object));
}

const metric = { name: 'm' };

for (const [metrics, expected] of [
  [
    { type: 'Pods', pods: { metric, target: { type: 'Value', value: '1' } } },
    'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
  ],
  [
    { type: 'External', external: { metric, target: { type: 'Value', value: '1', averageValue: '1' } } },
    'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
  ],
  [
    { type: 'Object', object: { metric, describedObject: { kind: 'Service' }, target: { type: 'Value', value: '0' } } },
    '[spec.metrics[0].object.describedObject.name: Required value, spec.metrics[0].object.target.value: Invalid value: "0": must be positive]',
  ],
  [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Some', averageUtilization: 5 } } },
    'spec.metrics[0].resource.target.type: Invalid value: "Some": must be either Utilization, Value, or AverageValue',
  ],
  [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
      pods: { metric, target: { type: 'AverageValue', averageValue: '1' } },
    },
    'spec.metrics[0].pods: Forbidden: must populate the given metric source only',
  ],
] as const) {
  test(`refuses a metric: ${expected}`, () => assert.equal(faults({ metrics: [metrics] }), expected));
}

test('a window of the past is not negative', () => {
  const behavior = { scaleDown: { stabilizationWindowSeconds: -1 } };
  assert.match(faults({ behavior }), /must be greater than or equal to zero$/);
});
