import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { findKindRules } from '../rules.ts';

const rules = findKindRules('', 'v1', 'pods');

function made(spec: object, metadata: object = {}): UnknownObject {
  assert.ok(rules !== undefined);
  const containers = [{ name: 'c', image: 'x' }];
  const { object } = rules.decode({
    metadata: { name: 'p', namespace: 'n', ...metadata },
    spec: { containers, serviceAccountName: 'default', ...spec },
  });
  rules.default(object);
  return object;
}

const faults = (spec: object, metadata?: object) => formatFieldErrors(rules?.validate(made(spec, metadata)) ?? []);
const container = (fields: object) => ({ containers: [{ name: 'c', image: 'x', ...fields }] });
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} };
const items = [{ key: 'k', path: 'f' }];

for (const [what, spec, expected] of [
  [
    'files of one volume that meet',
    volume({ projected: { sources: [{ configMap: { name: 'a', items } }, { secret: { name: 'b', items } }] } }),
    'spec.volumes[0].projected: Invalid value: "b": conflicting duplicate paths',
  ],
  [
    'a file of nothing',
    volume({ downwardAPI: { items: [{ path: 'f' }] } }),
    'spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
  ],
  [
    'a claim of its own that nobody could fill',
    volume({ ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } }),
    'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
  ],
  [
    'a mount read-only all the way down that may be written',
    {
      ...volume({ emptyDir: {} }),
      ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', recursiveReadOnly: 'Enabled' }] }),
    },
    'spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
  ],
  [
    'a signal without a system',
    container({ lifecycle: { stopSignal: 'SIGINT' } }),
    'spec.containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`',
  ],
  [
    'a resource that is nobody’s',
    container({ resources: { limits: { 'requests.x.org/a': '1' } } }),
    /limits\[requests\.x\.org\/a\]: Invalid value: "requests\.x\.org\/a": doesn't follow extended resource name standard/,
  ],
  [
    'half a huge page',
    container({ resources: { limits: { cpu: '1', 'hugepages-2Mi': '1Mi' }, requests: { 'hugepages-2Mi': '1Mi' } } }),
    /Invalid value: "1Mi": 1Mi is not positive integer multiple of hugepages-2Mi/,
  ],
  [
    'constraints that say the same',
    { topologySpreadConstraints: [spread, spread] },
    'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
  ],
  [
    'keys without a selector',
    { topologySpreadConstraints: [{ ...spread, labelSelector: undefined, matchLabelKeys: ['a'] }] },
    'spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
  ],
  [
    'users of its own beside the host',
    { hostUsers: false, hostPID: true },
    'spec.HostPID: Forbidden: when `hostUsers` is false',
  ],
  [
    'an unknown system',
    { os: { name: 'plan9' } },
    'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"',
  ],
  [
    'a token without an account',
    { serviceAccountName: '', ...volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }) },
    'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
  ],
] as const) {
  test(`refuses ${what}`, () => {
    if (typeof expected === 'string') assert.equal(faults(spec), expected);
    else assert.match(faults(spec), expected);
  });
}

test('domains that are searched may have underscores', () => {
  assert.equal(faults({ dnsConfig: { searches: ['_tcp.example.com', '.'] } }), '[]');
  assert.match(faults({ dnsConfig: { searches: ['-a'] } }), /^spec\.dnsConfig\.searches\[0\]: Invalid value: "-a"/);
});

test('annotations with a meaning are read', () => {
  const annotations = {
    'controller.kubernetes.io/pod-deletion-cost': '+1',
    'container.apparmor.security.beta.kubernetes.io/other': 'unconfined',
  };
  assert.equal(
    faults({}, { annotations }),
    '[metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer, metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found]',
  );
});

test('a pod that is held back is told more of where to go, not less', () => {
  const gated = { schedulingGates: [{ name: 'wait' }], nodeSelector: { a: 'b' } };
  const changed = (nodeSelector: object) =>
    formatFieldErrors(rules?.validateUpdate(made({ ...gated, nodeSelector }), made(gated)) ?? []);
  assert.equal(changed({ a: 'b', c: 'd' }), '[]');
  assert.match(changed({ a: 'c' }), /^spec\.nodeSelector: .*only additions to spec\.nodeSelector are allowed/);
});

test('tells of files, ports and secrets that meet, in Kubernetes’ order', () => {
  const pod = made({
    volumes: [{ name: 'v', configMap: { name: 'm', items: [...items, { key: 'l', path: 'f/g' }] } }],
    imagePullSecrets: [{ name: 'a' }, { name: 'a' }],
    containers: [
      { name: 'c', image: 'x', ports: [{ containerPort: 80 }] },
      { name: 'd', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] },
    ],
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } },
  });
  assert.deepEqual(rules?.warnings?.(pod, undefined), [
    'volume "v" (ConfigMap "m"): overlapping paths: "f/g" with "f"',
    'spec.imagePullSecrets[1].name: duplicate name "a"',
    'spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]',
    'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
  ]);
});
