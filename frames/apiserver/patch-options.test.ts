import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const apply = { 'content-type': 'application/apply-patch+yaml' };
const merge = { 'content-type': 'application/merge-patch+json' };
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
const json = { 'content-type': 'application/json-patch+json' };

const messageOf = (body: unknown): string => (body as { message?: string }).message ?? '';

test('keys that a patch has twice are warned of, and refused by strict validation', async () => {
  await using api = await startTestServer();
  await api.call('POST', configMaps, { metadata: { name: 'a' } });
  const twice = '{"data":{"k":"1","k":"2"}}';
  for (const headers of [merge, strategic]) {
    const warned = await api.call('PATCH', `${configMaps}/a`, twice, headers);
    assert.equal(warned.headers.get('warning'), '299 - "duplicate field \\"data.k\\""');
    const refused = await api.call('PATCH', `${configMaps}/a?fieldValidation=Strict`, twice, headers);
    assert.equal(refused.status, 422);
    assert.match(messageOf(refused.body), /strict decoding error: duplicate field "data\.k"$/);
    const ignored = await api.call('PATCH', `${configMaps}/a?fieldValidation=Ignore`, twice, headers);
    assert.equal(ignored.headers.get('warning'), null);
  }
  const operations =
    '[{"op":"add","path":"/data/x","value":"1","foo":1},{"op":"test","path":"","path":"/data/x","value":"1"}]';
  const { headers } = await api.call('PATCH', `${configMaps}/a`, operations, json);
  const texts = ['json patch unknown field \\"[0].foo\\"', 'json patch duplicate field \\"[1].path\\"'];
  assert.equal(headers.get('warning'), texts.map((text) => `299 - "${text}"`).join(', '));
});

test('YAML with a key twice is refused by strict validation, with its line', async () => {
  await using api = await startTestServer();
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n  x: "2"\n';
  const created = await api.call('POST', `${configMaps}?fieldValidation=Strict`, body, {
    'content-type': 'application/yaml',
  });
  const where = 'yaml: unmarshal errors:\n  line 7: key "x" already set in map';
  assert.equal(created.status, 400);
  assert.ok(messageOf(created.body).endsWith(`strict decoding error: ${where}`), messageOf(created.body));
  const applied = await api.call('PATCH', `${configMaps}/a?fieldManager=m&fieldValidation=Strict`, body, apply);
  assert.equal(messageOf(applied.body), `error strict decoding patch: error converting YAML to JSON: ${where}`);
  const warned = await api.call('PATCH', `${configMaps}/a?fieldManager=m`, body, apply);
  assert.equal(warned.status, 201);
  assert.deepEqual((warned.body as { data: object }).data, { x: '2' });
});

test('null is no patch as merge patch, and one that does nothing otherwise', async () => {
  await using api = await startTestServer();
  await api.call('POST', configMaps, { metadata: { name: 'a' } });
  const answers = await Promise.all(
    [merge, strategic, json].map((headers) => api.call('PATCH', `${configMaps}/a`, 'null', headers)),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 200, 200],
  );
  const created = await api.call('POST', configMaps, 'null');
  assert.match(messageOf(created.body), /name or generateName is required/);
});

test('warnings come with refusals too', async () => {
  await using api = await startTestServer();
  const { status, headers } = await api.call('POST', configMaps, { metadata: { name: 'Not/Valid' }, foo: 1 });
  assert.equal(status, 422);
  assert.equal(headers.get('warning'), '299 - "unknown field \\"foo\\""');
});

test('an owner that stands twice is dropped once, with a warning', async () => {
  await using api = await startTestServer();
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' };
  const metadata = { name: 'a', ownerReferences: [owner, { ...owner, name: 'q' }, owner] };
  const { status, headers, body } = await api.call('POST', configMaps, { metadata });
  assert.equal(status, 201);
  assert.match(headers.get('warning') ?? '', /contains duplicate entries; .* observed: u1"$/);
  assert.equal((body as { metadata: { ownerReferences: unknown[] } }).metadata.ownerReferences.length, 2);
  const operation = { op: 'add', path: '/metadata/ownerReferences/-', value: owner };
  const patched = await api.call('PATCH', `${configMaps}/a`, [operation], json);
  assert.match(patched.headers.get('warning') ?? '', /contains duplicate entries after mutating admission happens;/);
});
