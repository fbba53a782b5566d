import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, makeTinyCatalog, startInstance } from '../support/instance.ts';

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The machine's own curl, in a container that has nothing but busybox. */
const curl =
  '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path /usr/lib/x86_64-linux-gnu /usr/bin/curl -sS --fail-with-body';

test('a Pod reaches the API by the Service kubernetes, as its own service account', async (t) => {
  const instance = await startInstance(t, { catalog: await makeTinyCatalog(t), applications: ['tiny'] });
  const image = await instance.kubectl('get', 'deployments', '-n', 'apps', '-o', imagePath);
  const overrides = JSON.stringify(podWithPrograms(image));
  await instance.kubectl('run', 'asker', `--image=${image}`, '--overrides', overrides);
  const ask = (path: string) => {
    const credentials = `--cacert ${mounted}/ca.crt -H "Authorization: Bearer $(busybox cat ${mounted}/token)"`;
    const script = `${curl} ${credentials} https://kubernetes.default.svc${path}`;
    return instance.kubectl('exec', 'asker', '--', '/bin/sh', '-c', script);
  };
  await eventually(async () => {
    const { versions } = JSON.parse(await ask('/api')) as { versions: string[] };
    assert.deepEqual(versions, ['v1']);
  });
  await assert.rejects(ask('/api/v1/namespaces/default/pods'), /403/);
  await instance.kubectl('create', 'rolebinding', 'views', '--clusterrole=view', '--serviceaccount=default:default');
  await eventually(async () => {
    const { kind } = JSON.parse(await ask('/api/v1/namespaces/default/pods')) as { kind: string };
    assert.equal(kind, 'PodList');
  });
});

const imagePath = 'jsonpath={.items[0].spec.template.spec.containers[0].image}';
const forever = 'while :; do busybox sleep 1; done';

function podWithPrograms(image: string) {
  const volumeMounts = [{ name: 'usr', mountPath: '/usr', readOnly: true }];
  const container = { name: 'asker', image, imagePullPolicy: 'Never', args: [forever], volumeMounts };
  return { spec: { volumes: [{ name: 'usr', hostPath: { path: '/usr' } }], containers: [container] } };
}
