import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PodSpec } from '@croft/api/types';
import { fitsNode } from './eligible-nodes.ts';

const node = (
  labels: Record<string, string>,
  taints: { key: string; effect: string; value?: string }[] = [],
): Node => ({
  metadata: { name: 'n', labels },
  spec: { taints },
});
const spec = (more: Partial<PodSpec>): PodSpec => ({ containers: [], ...more });

test('a node selector and required affinity must fit', () => {
  assert.equal(fitsNode(spec({ nodeSelector: { disk: 'ssd' } }), node({ disk: 'ssd' })).run, true);
  assert.equal(fitsNode(spec({ nodeSelector: { disk: 'ssd' } }), node({})).run, false);
  const affinity = (operator: string, values: string[]) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator, values }] }],
      },
    },
  });
  assert.equal(fitsNode(spec({ affinity: affinity('In', ['a']) }), node({ zone: 'a' })).run, true);
  assert.equal(fitsNode(spec({ affinity: affinity('NotIn', ['a']) }), node({ zone: 'a' })).run, false);
});

test('a taint keeps Pods away unless tolerated; what the node itself sets is always tolerated', () => {
  const dedicated = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  assert.deepEqual(fitsNode(spec({}), node({}, [dedicated])), { run: false, stay: true });
  const tolerations = [{ key: 'dedicated', operator: 'Equal', value: 'db' }];
  assert.equal(fitsNode(spec({ tolerations }), node({}, [dedicated])).run, true);
  const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
  assert.deepEqual(fitsNode(spec({}), node({}, [notReady])), { run: true, stay: true });
  assert.deepEqual(fitsNode(spec({}), node({}, [{ key: 'x', effect: 'NoExecute' }])), { run: false, stay: false });
});
