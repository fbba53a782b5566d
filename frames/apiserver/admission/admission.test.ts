import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { startTestServer, type TestServer } from '../test-server.ts';

const registration = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const rules = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] },
];

type Answer = (request: Record<string, unknown>) => Record<string, unknown>;

interface Hook extends AsyncDisposable {
  readonly clientConfig: object;
  readonly seen: Record<string, unknown>[];
}

/** A webhook of the test's own, over TLS. */
async function startHook(answer: Answer): Promise<Hook> {
  const nowMs = Date.now();
  const authority = createAuthority('hook', nowMs);
  const { key, certificate } = issueCertificate(authority, {
    commonName: 'hook.test',
    hosts: ['127.0.0.1'],
    days: 1,
    nowMs,
  });
  const seen: Record<string, unknown>[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as { request: Record<string, unknown> };
      seen.push(review.request);
      const given = { uid: review.request.uid, ...answer(review.request) };
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: given }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    clientConfig: { url, caBundle },
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function register(server: TestServer, resource: string, clientConfig: object, more: object = {}): Promise<void> {
  const hook = {
    name: 'h.test.example',
    clientConfig,
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
  const answer = await server.call('POST', `${registration}/${resource}`, {
    metadata: { name: 'h' },
    webhooks: [hook],
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
}

const message = ({ body }: { body: unknown }) => (body as { message?: string }).message ?? '';

test('a mutating webhook changes what is written', async () => {
  const patch = [{ op: 'add', path: '/data/added', value: 'yes' }];
  const encoded = Buffer.from(JSON.stringify(patch)).toString('base64');
  await using hook = await startHook(() => ({
    allowed: true,
    patchType: 'JSONPatch',
    patch: encoded,
    warnings: ['mind'],
  }));
  await using server = await startTestServer();
  await register(server, 'mutatingwebhookconfigurations', hook.clientConfig);
  const made = await server.call('POST', configMaps, { metadata: { name: 'c' }, data: { a: '1' } });
  assert.deepEqual((made.body as { data: unknown }).data, { a: '1', added: 'yes' });
  assert.equal(made.headers.get('warning'), '299 - "mind"');
  const [request] = hook.seen;
  assert.deepEqual([request?.operation, request?.name, request?.namespace], ['CREATE', 'c', 'default']);
  assert.deepEqual(request?.resource, { group: '', version: 'v1', resource: 'configmaps' });
});

test('a validating webhook refuses creates, updates and deletes in its own words', async () => {
  let allowed = false;
  await using hook = await startHook(() => ({ allowed, status: { code: 422, message: 'not today' } }));
  await using server = await startTestServer();
  await register(server, 'validatingwebhookconfigurations', hook.clientConfig);
  const body = { metadata: { name: 'c' }, data: { a: '1' } };
  const refused = await server.call('POST', configMaps, body);
  assert.equal(refused.status, 422, message(refused));
  assert.equal(message(refused), 'admission webhook "h.test.example" denied the request: not today');
  allowed = true;
  assert.equal((await server.call('POST', configMaps, body)).status, 201);
  allowed = false;
  assert.equal((await server.call('PUT', `${configMaps}/c`, { ...body, data: { a: '2' } })).status, 422);
  assert.equal((await server.call('DELETE', `${configMaps}/c`)).status, 422);
  assert.equal((await server.call('GET', `${configMaps}/c`)).status, 200);
});

test('a webhook that does not answer blocks, unless it is to be ignored', async () => {
  await using server = await startTestServer();
  const clientConfig = { url: 'https://127.0.0.1:1/' };
  await register(server, 'validatingwebhookconfigurations', clientConfig);
  const blocked = await server.call('POST', configMaps, { metadata: { name: 'c' } });
  assert.equal(blocked.status, 500);
  assert.match(
    message(blocked),
    /^Internal error occurred: failed calling webhook "h.test.example": failed to call webhook: Post "https:\/\/127\.0\.0\.1:1\/\?timeout=10s": /,
  );
  await server.call(
    'PATCH',
    `${registration}/validatingwebhookconfigurations/h`,
    [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
    { 'content-type': 'application/json-patch+json' },
  );
  assert.equal((await server.call('POST', configMaps, { metadata: { name: 'c' } })).status, 201);
});

test('selectors and conditions say whom a webhook is about', async () => {
  await using hook = await startHook(() => ({ allowed: false }));
  await using server = await startTestServer();
  await register(server, 'validatingwebhookconfigurations', hook.clientConfig, {
    objectSelector: { matchLabels: { checked: 'yes' } },
    matchConditions: [{ name: 'not-b', expression: 'object.metadata.name != "b"' }],
  });
  const create = async (name: string, labels = {}) =>
    (await server.call('POST', configMaps, { metadata: { name, labels } })).status;
  const labels = { checked: 'yes' };
  assert.deepEqual([await create('a'), await create('b', labels), await create('c', labels)], [201, 201, 400]);
});

test('a validating policy denies or warns by its expressions', async () => {
  await using server = await startTestServer();
  const policy = {
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [{ ...rules[0], operations: ['CREATE', 'UPDATE'] }] },
      variables: [{ name: 'size', expression: 'has(object.data) ? size(object.data) : 0' }],
      validations: [
        { expression: 'variables.size <= 2', messageExpression: '"has " + string(variables.size) + " keys"' },
        {
          expression: 'oldObject == null || object.data.a == oldObject.data.a',
          message: 'a stays',
          reason: 'Forbidden',
        },
      ],
    },
  };
  const made = await server.call('POST', `${registration}/validatingadmissionpolicies`, policy);
  assert.equal(made.status, 201, message(made));
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } };
  assert.equal((await server.call('POST', `${registration}/validatingadmissionpolicybindings`, binding)).status, 201);
  const big = await server.call('POST', configMaps, { metadata: { name: 'c' }, data: { a: '1', b: '2', c: '3' } });
  const by = "ValidatingAdmissionPolicy 'p' with binding 'b'";
  assert.deepEqual([big.status, message(big)], [422, `configmaps "c" is forbidden: ${by} denied request: has 3 keys`]);
  assert.equal((await server.call('POST', configMaps, { metadata: { name: 'c' }, data: { a: '1' } })).status, 201);
  const changed = await server.call('PUT', `${configMaps}/c`, { metadata: { name: 'c' }, data: { a: '2' } });
  assert.deepEqual(
    [changed.status, message(changed)],
    [403, `configmaps "c" is forbidden: ${by} denied request: a stays`],
  );
  const patch = { spec: { validationActions: ['Warn'] } };
  await server.call('PATCH', `${registration}/validatingadmissionpolicybindings/b`, patch, {
    'content-type': 'application/merge-patch+json',
  });
  const warned = await server.call('PUT', `${configMaps}/c`, { metadata: { name: 'c' }, data: { a: '2' } });
  assert.equal(warned.status, 200);
  assert.equal(warned.headers.get('warning'), `299 - "Validation failed for ${by}: a stays"`);
});
