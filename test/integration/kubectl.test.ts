import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configMaps, pods } from '@croft/api/kinds';
import { openPki } from '@croft/apiserver/pki';
import { type ApiServer, createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createEventRecorder } from '@croft/controller/events';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { openMemoryStore } from '@croft/store/memory-store';
import { eventually } from '../support/instance.ts';
import { type Kubectl, startKubectl } from '../support/kubectl.ts';

const stack = new AsyncDisposableStack();
let api: ApiServer;
let client: Client;
let kubectl: Kubectl;
before(async () => {
  const store = stack.use(openMemoryStore());
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const pki = await openPki({ dir: folder, hosts: ['127.0.0.1'], nowMs: systemClock.now() });
  api = stack.use(await createApiServer({ store, controllers: 'all', signer: pki.authority }));
  client = createClient(api.fetch);
  kubectl = stack.use(await startKubectl(api, folder));
  await eventually(async () =>
    assert.ok(await client.find(configMaps, { namespace: 'default', name: 'kube-root-ca.crt' })),
  );
});
after(() => stack.disposeAsync());

/** What a command prints; fails when the command does. Columns stand three blanks apart. */
async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl.run(args);
  assert.equal(code, 0, stderr);
  return stdout.replace(/(?<=\S) {2,}/g, '   ').replace(/ +$/gm, '');
}

test('a scale is shown as a table', async () => {
  await printed('create', 'deployment', 'scaled', '--image=web:1', '--replicas=3');
  const table = await printed('get', 'deployment', 'scaled', '--subresource=scale');
  assert.match(table, /^NAME {3}DESIRED {3}AVAILABLE {3}AGE\nscaled {3}3 {3}0 {3}\d+s\n$/);
});

test('a patch with a wrong type is refused in the words of the converter', async () => {
  await printed('create', 'deployment', 'patched', '--image=web:1');
  const refusals = {
    '{"metadata":{"labels":"x"}}': 'cannot restore map from string',
    '{"spec":{"replicas":"x"}}': 'unrecognized type: int32',
    '{"metadata":{"labels":{"a":5}}}': 'cannot convert int64 to string',
    '{"spec":{"template":{"spec":{"nodeName":true}}}}': 'unrecognized type: string',
    '{"spec":{"strategy":"x"}}': 'cannot restore struct from: string',
  };
  for (const [patch, refusal] of Object.entries(refusals)) {
    const { code, stderr } = await kubectl.run(['patch', 'deployment', 'patched', '-p', patch]);
    assert.ok(stderr.startsWith('The request is invalid: patch: Invalid value: '), stderr);
    assert.ok(stderr.endsWith(`: ${refusal}\n`), stderr);
    assert.equal(code, 1);
  }
});

test('the paths that are served are listed', async () => {
  const { paths } = JSON.parse(await printed('get', '--raw', '/')) as { paths: string[] };
  for (const path of ['/api/v1', '/apis/apps', '/apis/apps/v1', '/readyz']) assert.ok(paths.includes(path), path);
});

test('events are listed and described in the order in which they were told', async () => {
  const pod = await client.create(pods, {
    metadata: { name: 'eventful', namespace: 'default' },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'web:1' }] },
  });
  const events = createEventRecorder({ client, component: 'kubelet', clock: systemClock, log: silentLog });
  const reasons = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'];
  for (const reason of reasons) events.record(pod, 'Normal', reason, `${reason} it`);
  await eventually(async () => {
    const selected = ['--field-selector=involvedObject.name=eventful', '-o', 'jsonpath={.items[*].reason}'];
    assert.equal(await printed('get', 'events', ...selected), reasons.join(' '));
  });
  const described = await printed('describe', 'pod', 'eventful');
  const shown = described.slice(described.indexOf('Events:')).matchAll(/^ {2}Normal {3}(\w+)/gm);
  assert.deepEqual(
    Array.from(shown, ([, reason]) => reason),
    reasons,
  );
});

const signerName = 'kubernetes.io/kube-apiserver-client';

/** Asks for a certificate as a user; gives the options that name it and its key, once it is there. */
async function askForCertificate(name: string, subject: string): Promise<string[]> {
  const at = (end: string) => join(kubectl.folder, `${name}.${end}`);
  const files = ['-keyout', at('key'), '-out', at('request')];
  await run('openssl', ['req', '-new', '-nodes', '-newkey', 'rsa:2048', '-subj', subject, ...files], {
    timeoutMs: 20_000,
  });
  const encoded = (await readFile(at('request'))).toString('base64');
  const spec = { signerName, request: encoded, usages: ['client auth'], expirationSeconds: 3600 };
  const object = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec };
  const created = await kubectl.run(['create', '-f', '-'], JSON.stringify(object));
  assert.equal(created.code, 0, created.stderr);
  return [`--client-certificate=${at('crt')}`, `--client-key=${at('key')}`];
}

const stateOf = async (name: string) => (await printed('get', 'csr', name, '--no-headers')).trim().split(/ +/).at(-1);

test('who has an approved certificate is that user', async () => {
  const user = await askForCertificate('alice', '/CN=alice/O=devs');
  assert.equal(await stateOf('alice'), 'Pending');
  await printed('certificate', 'approve', 'alice');
  await eventually(async () => assert.equal(await stateOf('alice'), 'Approved,Issued'));
  const issued = await printed('get', 'csr', 'alice', '-o', 'jsonpath={.status.certificate}');
  await writeFile(join(kubectl.folder, 'alice.crt'), Buffer.from(issued, 'base64'));
  await printed('config', 'set-credentials', 'alice', ...user);
  const who = await printed(
    '--user=alice',
    'auth',
    'whoami',
    '-o',
    'jsonpath={.status.userInfo.username} {.status.userInfo.groups}',
  );
  assert.equal(who, 'alice ["devs","system:authenticated"]');
});

test('nobody becomes an administrator by a request; a denied one gets nothing', async () => {
  await askForCertificate('eve', '/CN=eve/O=system:masters');
  await printed('certificate', 'approve', 'eve');
  await eventually(async () => assert.equal(await stateOf('eve'), 'Approved,Failed'));
  await askForCertificate('bob', '/CN=bob');
  await printed('certificate', 'deny', 'bob');
  assert.equal(await stateOf('bob'), 'Denied');
});

test('who approves needs the right for the signer', async () => {
  await askForCertificate('carol', '/CN=carol');
  const resources = 'certificatesigningrequests,certificatesigningrequests/approval';
  await printed('create', 'clusterrole', 'approver', '--verb=get,update', `--resource=${resources}`);
  await printed('create', 'clusterrolebinding', 'approver', '--clusterrole=approver', '--user=dave');
  const { code, stderr } = await kubectl.run(['certificate', 'approve', 'carol', '--as=dave']);
  assert.match(stderr, /user not permitted to approve requests with signerName "kubernetes.io\/kube-apiserver-client"/);
  assert.equal(code, 1);
  const rule = {
    apiGroups: ['certificates.k8s.io'],
    resources: ['signers'],
    resourceNames: ['kubernetes.io/*'],
    verbs: ['approve'],
  };
  const patch = JSON.stringify([{ op: 'add', path: '/rules/-', value: rule }]);
  await printed('patch', 'clusterrole', 'approver', '--type=json', '-p', patch);
  await printed('certificate', 'approve', 'carol', '--as=dave');
});
