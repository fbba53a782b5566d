import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const messageOf = (body: unknown): string => (body as { message?: string }).message ?? '';

test('options of a list are refused in the words of Kubernetes', async () => {
  await using api = await startTestServer();
  const refused: [string, number, string][] = [
    ['limit=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['fieldSelector=metadata.name=a=b', 400, 'invalid field selector: unescaped character in value: 61'],
    ['fieldSelector=metadata.name=a%5C', 400, 'invalid field selector: invalid escape sequence: \\'],
    ['fieldSelector=metadata.name=a%5Cx', 400, 'invalid field selector: invalid escape sequence: \\x'],
    [
      'labelSelector=/y=a',
      400,
      'unable to parse requirement: <nil>: Invalid value: "/y": prefix part must be non-empty',
    ],
  ];
  for (const [query, status, message] of refused) {
    const answer = await api.call('GET', `${configMaps}?${query}`);
    assert.deepEqual([answer.status, messageOf(answer.body)], [status, message]);
  }
  const unlike = await api.call('GET', `${configMaps}?labelSelector=app%20in%20(a,@)`);
  assert.match(
    messageOf(unlike.body),
    /^unable to parse requirement: values\[0\]\[app\]: Invalid value: "@": a valid label/,
  );
  const { length } = (await api.call('GET', `${configMaps}?watch=FALSE&limit=1`)).body as { length?: number };
  assert.equal(length, undefined);
});

test('a revision that is still to come is too large for lists and watches', async () => {
  await using api = await startTestServer();
  const wanted = /^Too large resource version: 999999, current: \d+$/;
  const listed = await api.call('GET', `${configMaps}?resourceVersion=999999&resourceVersionMatch=Exact`);
  assert.equal(listed.status, 504);
  assert.match(messageOf(listed.body), wanted);
  const options = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999';
  const { status, body } = await api.call('GET', `${configMaps}?${options}`);
  assert.equal(status, 200);
  const event = body as { type: string; object: unknown };
  assert.equal(event.type, 'ERROR');
  assert.match(messageOf(event.object), wanted);
});

test('names of field managers are short and printable, in options and in metadata', async () => {
  await using api = await startTestServer();
  const bad = await api.call('POST', `${configMaps}?fieldManager=%C3%A9%09b%00`, { metadata: { name: 'a' } });
  assert.match(
    messageOf(bad.body),
    /invalid character U\+0009 \(at position 2\), .*invalid character U\+0000 \(at position 4\)/,
  );
  await api.call('POST', configMaps, { metadata: { name: 'a' } });
  const entry = { operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } };
  const managedFields = [{ ...entry, manager: 'x'.repeat(129) }];
  const { status, body } = await api.call('PUT', `${configMaps}/a`, { metadata: { name: 'a', managedFields } });
  assert.equal(status, 422);
  assert.match(messageOf(body), /metadata\.managedFields\[0\]\.manager: Too long: may not be more than 128 bytes/);
});

test('the old way to delete dependents says when the object is not gone yet', async () => {
  await using api = await startTestServer();
  await api.call('POST', configMaps, { metadata: { name: 'a', finalizers: ['e.org/hold'] } });
  assert.equal((await api.call('DELETE', `${configMaps}/a?orphanDependents=false`)).status, 202);
  assert.equal((await api.call('DELETE', `${configMaps}/a`)).status, 200);
});

test('a precondition that fails names the kind with its group', async () => {
  await using api = await startTestServer();
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  await api.call('POST', leases, { metadata: { name: 'l' } });
  const { status, body } = await api.call('DELETE', `${leases}/l`, { preconditions: { uid: 'u' } });
  assert.equal(status, 409);
  assert.match(messageOf(body), /^Operation cannot be fulfilled on Lease\.coordination\.k8s\.io "l": the UID in the/);
  assert.deepEqual((body as { details: object }).details, { name: 'l', group: 'coordination.k8s.io', kind: 'Lease' });
});

test('another way to treat dependents takes the place of the one asked for before', async () => {
  await using api = await startTestServer();
  await api.call('POST', configMaps, { metadata: { name: 'a', finalizers: ['e.org/hold'] } });
  const finalizersAfter = async (options: object) => {
    await api.call('DELETE', `${configMaps}/a`, options);
    const { body } = await api.call('GET', `${configMaps}/a`);
    return (body as { metadata: { finalizers: string[] } }).metadata.finalizers;
  };
  assert.deepEqual(await finalizersAfter({ propagationPolicy: 'Foreground' }), ['e.org/hold', 'foregroundDeletion']);
  assert.deepEqual(await finalizersAfter({ propagationPolicy: 'Orphan' }), ['e.org/hold', 'orphan']);
  assert.deepEqual(await finalizersAfter({}), ['e.org/hold', 'orphan']);
  assert.deepEqual(await finalizersAfter({ propagationPolicy: 'Background' }), ['e.org/hold']);
});
