import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { findKindRules } from '../rules.ts';

const volumes = findKindRules('', 'v1', 'persistentvolumes');
const claims = findKindRules('', 'v1', 'persistentvolumeclaims');

function made(rules: typeof volumes, spec: object): UnknownObject {
  assert.ok(rules !== undefined);
  const { object } = rules.decode({ metadata: { name: 'v' }, spec });
  rules.default(object);
  return object;
}

const volume = (spec: object) =>
  made(volumes, { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...spec });
const claim = (spec: object) =>
  made(claims, { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec });

for (const [spec, faults] of [
  [{ nfs: { server: 'a', path: '/x' } }, '[]'],
  [{ local: { path: '/x' } }, 'spec.nodeAffinity: Required value: Local volume requires node affinity'],
  [
    { csi: { driver: 'Bad_', volumeHandle: '', nodeExpandSecretRef: { name: 'a' } } },
    /spec\.csi\.driver: Invalid value: "Bad_": .*spec\.csi\.volumeHandle: Required value, spec\.csi\.nodeExpandSecretRef\.namespace: Required value\]$/,
  ],
  [
    { hostPath: { path: '/x' }, cephfs: { monitors: ['a'] } },
    'spec.cephFS: Forbidden: may not specify more than 1 volume type',
  ],
  [
    { hostPath: { path: '/x' }, volumeAttributesClassName: 'gold' },
    'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
  ],
] as const) {
  test(`a volume of ${JSON.stringify(spec)}`, () => {
    const text = formatFieldErrors(volumes?.validate(volume(spec)) ?? []);
    if (typeof faults === 'string') assert.equal(text, faults);
    else assert.match(text, faults);
  });
}

test('shows what an update would change of where the data is', () => {
  const [now, old] = ['/b', '/a'].map((path) => volume({ hostPath: { path } }));
  assert.ok(now !== undefined && old !== undefined);
  const text = formatFieldErrors(volumes?.validateUpdate(now, old) ?? []);
  assert.match(text, /^spec\.persistentvolumesource: Forbidden: .* is immutable after creation\n/);
  assert.match(text, /\n {2}"HostPath": \{\n- {2}"Path": "\/a",\n\+ {2}"Path": "\/b",\n/);
});

test('a claim is filled from one source only', () => {
  const dataSource = { kind: 'VolumeSnapshot', name: 's' };
  const text = formatFieldErrors(claims?.validate(claim({ dataSource })) ?? []);
  assert.equal(
    text,
    'spec.dataSource: Invalid value: "VolumeSnapshot": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
  );
  const [one, other] = ['a', 'b'].map((name) => ({ apiGroup: 'x.org', kind: 'Thing', name }));
  const both = claim({ dataSource: one, dataSourceRef: other });
  assert.match(formatFieldErrors(claims?.validate(both) ?? []), /must match dataSourceRef$/);
});

test('tells of what a volume should no longer ask for', () => {
  const old = volume({ hostPath: { path: '/x' }, persistentVolumeReclaimPolicy: 'Recycle' });
  assert.match(volumes?.warnings?.(old, undefined)[0] ?? '', /The Recycle reclaim policy is deprecated/);
});
