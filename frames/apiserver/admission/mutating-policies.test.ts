import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from '../test-server.ts';

const registration = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

interface Made {
  metadata: { labels?: Record<string, string> };
  data?: Record<string, string>;
  message?: string;
}

async function register(api: TestServer, name: string, spec: object): Promise<void> {
  const rule = {
    apiGroups: ['', 'apps'],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['configmaps', 'deployments'],
  };
  const policy = { metadata: { name }, spec: { matchConstraints: { resourceRules: [rule] }, ...spec } };
  const made = await api.call('POST', `${registration}/mutatingadmissionpolicies`, policy);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const binding = { metadata: { name }, spec: { policyName: name } };
  assert.equal((await api.call('POST', `${registration}/mutatingadmissionpolicybindings`, binding)).status, 201);
}

const applying = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patching = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

const create = async (api: TestServer, name: string, data: object = {}) => {
  const { status, body } = await api.call('POST', configMaps, { metadata: { name }, data });
  return { ...(body as Made), status };
};

test('a configuration and operations made by expressions change the object, in their order', async () => {
  await using api = await startTestServer();
  await register(api, 'p', {
    matchConditions: [{ name: 'has-data', expression: 'has(object.data)' }],
    variables: [{ name: 'size', expression: 'string(size(object.data))' }],
    mutations: [
      applying('Object{metadata: Object.metadata{labels: {"size": variables.size}}, data: {"added": "yes"}}'),
      patching(
        '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("c"), value: variables.size}, JSONPatch{op: "remove", path: "/data/gone"}]',
      ),
      patching('[JSONPatch{op: "test", path: "/data/a", value: "other"}, JSONPatch{op: "remove", path: "/data/a"}]'),
    ],
  });
  const { data, metadata } = await create(api, 'one', { a: '1', gone: '2' });
  assert.deepEqual(data, { a: '1', added: 'yes', c: '3' });
  assert.deepEqual(metadata.labels, { size: '2' });
  assert.equal((await create(api, 'none')).metadata.labels, undefined);
});

test('lists with keys are merged, and what is one cannot be set', async () => {
  await using api = await startTestServer();
  await register(api, 'sidecar', {
    matchConditions: [{ name: 'deployments', expression: 'object.kind == "Deployment"' }],
    mutations: [
      applying(`Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
        containers: [Object.spec.template.spec.containers{name: "sidecar", image: "side:1"}]}}}}`),
    ],
  });
  const labels = { app: 'd' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };
  const spec = { selector: { matchLabels: labels }, template };
  const { body } = await api.call('POST', deployments, { metadata: { name: 'd' }, spec });
  const { containers } = (body as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }).spec
    .template.spec;
  assert.deepEqual(containers.map(({ name, terminationMessagePolicy }) => [name, terminationMessagePolicy]).sort(), [
    ['main', 'File'],
    ['sidecar', 'File'],
  ]);
  await register(api, 'selector', {
    matchConditions: [{ name: 'deployments', expression: 'object.kind == "Deployment"' }],
    mutations: [applying('Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"a": "b"}}}}')],
  });
  const refused = await api.call('POST', deployments, { metadata: { name: 'e' }, spec });
  assert.equal(refused.status, 403);
  const why =
    'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector';
  const { message } = refused.body as { message: string };
  assert.equal(message, `policy 'selector' with binding 'selector' denied request: ${why}`);
});

test('a policy that fails refuses the write, unless it is to be ignored', async () => {
  await using api = await startTestServer();
  const mutations = [applying('Object{data: {"x": object.data.missing}}')];
  await register(api, 'ignored', { failurePolicy: 'Ignore', mutations });
  assert.equal((await create(api, 'a', { b: '1' })).status, 201);
  await register(api, 'strict', { mutations });
  const { status, message = '' } = await create(api, 'b', { b: '1' });
  assert.equal(status, 403);
  assert.match(
    message,
    /^policy 'strict' with binding 'strict' denied request: expression 'Object.*' resulted in error: no such key: missing/,
  );
});

test('a policy that asks for it sees what later ones changed', async () => {
  await using api = await startTestServer();
  const count = '[JSONPatch{op: "add", path: "/data/seen", value: string(size(object.data))}]';
  await register(api, 'a-first', { reinvocationPolicy: 'IfNeeded', mutations: [patching(count)] });
  await register(api, 'b-once', { reinvocationPolicy: 'Never', mutations: [applying('Object{data: {"later": "x"}}')] });
  assert.deepEqual((await create(api, 'one', { a: '1' })).data, { a: '1', later: 'x', seen: '3' });
});
