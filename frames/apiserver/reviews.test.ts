import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const tokens = '/api/v1/namespaces/default/serviceaccounts/default/token';
const messageOf = (body: unknown): string => (body as { message?: string }).message ?? '';

test('selectors of an access review are whole', async () => {
  await using api = await startTestServer();
  const ask = async (selectors: object) => {
    const resourceAttributes = { verb: 'list', resource: 'pods', ...selectors };
    return await api.call('POST', reviews, { spec: { user: 'u', resourceAttributes } });
  };
  const at = 'spec.resourceAttributes';
  const both = { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] };
  assert.match(
    messageOf((await ask({ fieldSelector: both })).body),
    /fieldSelector\.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements$/,
  );
  const neither = messageOf((await ask({ labelSelector: {} })).body);
  assert.ok(
    neither.endsWith(
      `${at}.labelSelector.requirements: Required value: when ${at}.labelSelector is specified, requirements or rawSelector is required`,
    ),
    neither,
  );
  const noValues = await ask({ labelSelector: { requirements: [{ key: 'a', operator: 'In' }] } });
  assert.match(messageOf(noValues.body), /requirements\[0\]\.values: Required value: must be specified when/);
  assert.equal((await ask({ fieldSelector: { requirements: [{ key: 'a', operator: 'New' }] } })).status, 201);
});

test('a review of the cluster may name a namespace, which means nothing, but nothing else', async () => {
  await using api = await startTestServer();
  const spec = { user: 'u', nonResourceAttributes: { path: '/', verb: 'get' } };
  assert.equal((await api.call('POST', reviews, { metadata: { namespace: 'x' }, spec })).status, 201);
  const named = await api.call('POST', reviews, { metadata: { name: 'x' }, spec });
  assert.match(messageOf(named.body), /metadata: Invalid value: {"name":"x"}: must be empty$/);
});

test('fields that a review does not have are warned of, or refused', async () => {
  await using api = await startTestServer();
  const body = { spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods' }, foo: 1 } };
  const warned = await api.call('POST', reviews, body);
  assert.equal(warned.status, 201);
  assert.equal(warned.headers.get('warning'), '299 - "unknown field \\"spec.foo\\""');
  assert.equal((await api.call('POST', `${reviews}?fieldValidation=Strict`, body)).status, 400);
});

test('a token is only for the account of the URL, and for the Pods that run as it', async () => {
  await using api = await startTestServer();
  const asked: [object, number, RegExp][] = [
    [{ metadata: { name: 'x' } }, 422, /metadata\.name: .*: must match the service account name if specified$/],
    [{ metadata: { namespace: 'x' } }, 422, /metadata\.namespace: .* namespace if specified$/],
    [{ metadata: { uid: 'x' } }, 409, /the UID in the token request \(x\) does not match the UID of the service/],
    [
      { spec: { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } } },
      400,
      /type \/v1, Kind=ConfigMap$/,
    ],
    [
      { spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } } },
      400,
      /different serviceaccount name\.$/,
    ],
  ];
  await api.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'other' } });
  const spec = { serviceAccountName: 'other', containers: [{ name: 'c', image: 'i' }] };
  assert.equal(
    (await api.call('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec })).status,
    201,
  );
  for (const [body, status, message] of asked) {
    const answer = await api.call('POST', tokens, body);
    assert.equal(answer.status, status);
    assert.match(messageOf(answer.body), message);
  }
});
