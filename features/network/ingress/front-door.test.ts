// The front door as browsers see it: a real Caddy with the instance's own authority, DNS and backends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress, Secret, Service } from '@croft/api/types';
import { createAuthority } from '@croft/foundation/certificates';
import { systemClock } from '@croft/foundation/clock';
import { openWorld, startBackend, testSecret } from '../testing/front-door-world.ts';
import { testIngress, testService, testSlice } from '../testing/objects.ts';
import { applyCaddyConfig } from './caddy.ts';
import { renderCaddyConfig } from './render-caddy-config.ts';
import { servesTls } from './serves-tls.ts';

const clock = systemClock;
/** bcrypt of `open sesame`, cost 4. */
const bcryptHash = '$2b$04$lF17fNU0W5WoeVpzg1RabeQec8O8HvWKjRC3PPKLGG5g1ersat84q';

const annotation = (name: string, value: string) => ({ [`nginx.ingress.kubernetes.io/${name}`]: value });
const annotated = (name: string, annotations: Record<string, string>): Ingress => {
  const plain = testIngress(name, `${name}.croft.test`);
  return { ...plain, metadata: { ...plain.metadata, annotations } };
};
const withTls = (ingress: Ingress, secretName?: string): Ingress => {
  const hosts = ingress.spec?.rules?.map(({ host }) => host ?? '') ?? [];
  return { ...ingress, spec: { ...ingress.spec, tls: [{ hosts, ...(secretName ? { secretName } : {}) }] } };
};
const serviceTo = (port: number, name = 'web'): Service =>
  testService(name, { clusterIP: 'None', selector: { app: name }, ports: [{ port: 80, targetPort: port }] });
const finderOf = (secrets: Secret[]) => (namespace: string, name: string) =>
  secrets.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);

test('an application is reached over TLS that the authority vouches for, and http leads there', async (t) => {
  const { apply, curl, options } = await openWorld(t);
  const { port } = await startBackend(t, 'a');
  const objects = {
    ingresses: [withTls(testIngress('web', 'wiki.croft.test')), testIngress('plain', 'deep.wiki.croft.test')],
    services: [serviceTo(port)],
    slices: [testSlice('web', ['127.0.0.1'], port, '')],
  };
  assert.equal(await apply(objects), true);
  assert.equal(await apply(objects), false);
  const page = await curl('https://wiki.croft.test/a%20b?c=d', '--http2');
  assert.match(page.headers, /^HTTP\/2 200/);
  const seen = JSON.parse(page.body);
  assert.equal(seen.url, '/a%20b?c=d');
  assert.deepEqual(
    ['host', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for', 'x-real-ip'].map((name) => seen.headers[name]),
    ['wiki.croft.test', 'https', 'wiki.croft.test', '127.0.0.1', '127.0.0.1'],
  );
  const redirect = await curl('http://wiki.croft.test/x?y');
  assert.equal(redirect.status, 308);
  assert.match(redirect.headers, new RegExp(`location: https://wiki.croft.test:${options.httpsPort}/x\\?y`, 'i'));
  assert.equal((await curl('http://deep.wiki.croft.test/')).status, 200);
  assert.equal((await curl('https://deep.wiki.croft.test/')).status, 200);
});

test('unknown hosts and applications without backends have a page of their own', async (t) => {
  const { apply, curl } = await openWorld(t);
  await apply({
    ingresses: [testIngress('web', 'wiki.croft.test'), testIngress('gone', 'gone.croft.test', 'gone')],
    services: [serviceTo(1)],
  });
  const unknown = await curl('https://other.croft.test/');
  assert.equal(unknown.status, 404);
  assert.match(unknown.body, /No application is reached/);
  const pages = await Promise.all(['wiki', 'gone'].map((host) => curl(`https://${host}.croft.test/`)));
  for (const page of pages) {
    assert.equal(page.status, 503);
    assert.match(page.body, /not ready/);
  }
});

test('paths lead to their Services', async (t) => {
  const { apply, curl } = await openWorld(t);
  const start = async (name: string) => [name, (await startBackend(t, name)).port] as const;
  const backends = await Promise.all(['root', 'prefix', 'exact', 'pattern'].map(start));
  const path = (name: string, where: string, pathType = 'Prefix') => ({
    path: where,
    pathType,
    backend: { service: { name, port: { number: 80 } } },
  });
  const paths = [path('root', '/'), path('prefix', '/foo'), path('exact', '/foo/bar.x', 'Exact')];
  const rewriting = testIngress('rewriting', 'wiki.croft.test', 'pattern', '/api(/|$)(.*)');
  rewriting.metadata = { ...rewriting.metadata, annotations: annotation('rewrite-target', '/v1/$2') };
  await apply({
    ingresses: [
      { ...testIngress('web', ''), spec: { rules: [{ host: 'wiki.croft.test', http: { paths } }] } },
      rewriting,
    ],
    services: backends.map(([name, port]) => serviceTo(port, name)),
    slices: backends.map(([name, port]) => testSlice(name, ['127.0.0.1'], port, '')),
  });
  const answer = async (where: string) => JSON.parse((await curl(`http://wiki.croft.test${where}`)).body);
  for (const [where, name] of [
    ['/', 'root'],
    ['/foo', 'prefix'],
    ['/foo/', 'prefix'],
    ['/foo/bar.x', 'exact'],
    ['/foo/bar.x/', 'prefix'],
    ['/foo/barzx', 'prefix'],
    ['/foobar', 'root'],
    ['/FOO', 'root'],
  ] as const)
    assert.equal((await answer(where)).name, name, where);
  assert.equal((await answer('/api/things?q=1')).url, '/v1/things?q=1');
});

test('a password is asked for, and without a usable one nobody is let in', async (t) => {
  const { apply, curl } = await openWorld(t);
  const { port } = await startBackend(t, 'a');
  const locked = (name: string, secret: string): Ingress =>
    annotated(name, {
      ...annotation('auth-type', 'basic'),
      ...annotation('auth-secret', secret),
      ...annotation('auth-realm', 'Our wiki'),
    });
  await apply({
    ingresses: [locked('good', 'users'), locked('old', 'old'), locked('lost', 'nowhere')],
    services: [serviceTo(port)],
    slices: [testSlice('web', ['127.0.0.1'], port, '')],
    findSecret: finderOf([
      testSecret('users', { auth: `# people\nanna:${bcryptHash}\nbert:$apr1$x$y\n` }),
      testSecret('old', { auth: 'bert:$apr1$salt$hash\n' }),
    ]),
  });
  const without = await curl('https://good.croft.test/');
  assert.equal(without.status, 401);
  assert.match(without.headers, /www-authenticate: Basic realm="Our wiki"/i);
  assert.equal((await curl('https://good.croft.test/', '-u', 'anna:open sesame')).status, 200);
  assert.equal((await curl('https://good.croft.test/', '-u', 'anna:wrong')).status, 401);
  for (const host of ['old', 'lost']) assert.equal((await curl(`https://${host}.croft.test/`)).status, 503);
});

test('sizes and sources are limited, and roots redirected', async (t) => {
  const { apply, curl } = await openWorld(t);
  const { port } = await startBackend(t, 'a');
  await apply({
    ingresses: [
      annotated('small', annotation('proxy-body-size', '1k')),
      annotated('closed', annotation('whitelist-source-range', '192.0.2.0/24')),
      annotated('open', { ...annotation('whitelist-source-range', '127.0.0.0/8'), ...annotation('app-root', '/home') }),
      annotated('denied', annotation('denylist-source-range', '127.0.0.1')),
    ],
    services: [serviceTo(port)],
    slices: [testSlice('web', ['127.0.0.1'], port, '')],
  });
  assert.equal((await curl('http://small.croft.test/')).status, 200);
  assert.equal((await curl('http://small.croft.test/', '-d', 'x'.repeat(1000))).status, 200);
  assert.equal((await curl('http://small.croft.test/', '-d', 'x'.repeat(2000))).status, 413);
  assert.equal((await curl('http://closed.croft.test/')).status, 403);
  assert.equal((await curl('http://denied.croft.test/')).status, 403);
  assert.equal((await curl('http://open.croft.test/x')).status, 200);
  assert.match((await curl('http://open.croft.test/')).headers, /302 Found.*location: \/home/is);
});

test('a certificate from a Secret is served for its host, a broken one replaced', async (t) => {
  const { apply, curl, options } = await openWorld(t);
  const { port } = await startBackend(t, 'a');
  const { certificate, key } = createAuthority('own.croft.test', clock.now());
  const objects = {
    ingresses: [
      withTls(testIngress('own', 'own.croft.test'), 'own'),
      withTls(testIngress('broken', 'broken.croft.test'), 'broken'),
    ],
    services: [serviceTo(port)],
    slices: [testSlice('web', ['127.0.0.1'], port, '')],
    findSecret: finderOf([
      testSecret('own', { 'tls.crt': certificate, 'tls.key': key }),
      testSecret('broken', { 'tls.crt': certificate, 'tls.key': 'no key' }),
    ]),
  };
  await apply(objects);
  await assert.rejects(curl('https://own.croft.test/'), /certificate/);
  assert.equal((await curl('https://own.croft.test/', '-k')).status, 200);
  assert.equal((await curl('https://broken.croft.test/')).status, 200);
  const { warnings } = renderCaddyConfig({ ...objects, signed: [] }, options);
  assert.deepEqual([...warnings.keys()], ['default/broken']);
});

test('while it takes new configurations, it refuses no connection', async (t) => {
  const { apply, options } = await openWorld(t);
  const hosts = Array.from({ length: 40 }, (_, index) => `site-${index}.example.org`);
  const ingresses = hosts.map((host, index) => testIngress(`web-${index}`, host));
  await apply({ ingresses });
  const failures: string[] = [];
  let count = 0;
  let stopped = false;
  const visit = async (first: number) => {
    for (let index = first; !stopped; index = (index + 1) % hosts.length, count += 1) {
      const host = hosts[index] ?? '';
      if (!(await servesTls(options.httpsPort, host))) failures.push(host);
    }
  };
  const visitors = [0, 10, 20, 30].map(visit);
  for (let index = 0; index < 20; index += 1) {
    const seen = count;
    assert.equal(await apply({ ingresses: [...ingresses, testIngress('more', `more-${index}.example.org`)] }), true);
    while (count < seen + 20) await clock.wait(5);
  }
  stopped = true;
  await Promise.all(visitors);
  assert.deepEqual(failures, []);
});

test('backends that come, go and die lose at most what is under way, with no new configuration', async (t) => {
  const { apply, curl } = await openWorld(t);
  const first = await startBackend(t, 'first', '127.0.0.2');
  const ingresses = [testIngress('web', 'wiki.croft.test')];
  const services = [serviceTo(first.port)];
  const move = (addresses: string[]) =>
    apply({ ingresses, services, slices: [testSlice('web', addresses, first.port, '')] });
  await move(['127.0.0.2']);
  const answers: string[] = [];
  const more = async (count: number) => {
    const until = answers.length + count;
    while (answers.length < until) await clock.wait(10);
  };
  let stopped = false;
  const load = (async () => {
    while (!stopped) {
      const { status, body } = await curl('http://wiki.croft.test/', '-X', 'POST', '-d', 'x');
      answers.push(status === 200 ? JSON.parse(body).name : `failed with ${status}`);
    }
  })();
  await more(5);
  await startBackend(t, 'second', '127.0.0.3', first.port);
  assert.equal(await move(['127.0.0.2', '127.0.0.3']), false);
  await more(5);
  first.server.close(); // without a word to the front door
  first.server.closeIdleConnections();
  await more(10);
  assert.equal(await move(['127.0.0.3']), false);
  await more(5);
  stopped = true;
  await load;
  const failed = answers.filter((answer) => answer.startsWith('failed'));
  assert.ok(failed.length <= 1, failed.join());
  assert.ok(answers.includes('first') && answers.includes('second'));
});

test('an answer that breaks off takes the application away from nobody else', async (t) => {
  const { apply, curl } = await openWorld(t);
  const { server, port } = await startBackend(t, 'web');
  const slices = [testSlice('web', ['127.0.0.1'], port, '')];
  await apply({ ingresses: [testIngress('web', 'wiki.croft.test')], services: [serviceTo(port)], slices });
  server.prependListener('request', ({ url, socket }) => url === '/broken' && socket.destroy());
  const post = async (path: string) => (await curl(`http://wiki.croft.test${path}`, '-d', 'x')).status;
  assert.deepEqual(
    [await post('/broken'), await post('/'), await post('/broken'), await post('/')],
    [503, 200, 503, 200],
  );
});

test('a request with a body waits for an application that starts', async (t) => {
  const { apply, curl } = await openWorld(t);
  const { port } = await startBackend(t, 'late');
  const objects = { ingresses: [testIngress('web', 'wiki.croft.test')], services: [serviceTo(port)] };
  await apply(objects);
  const answer = curl('http://wiki.croft.test/', '-d', 'precious');
  await clock.wait(300); // the request is on its way; sooner would only make the test weaker
  await apply({ ...objects, slices: [testSlice('web', ['127.0.0.1'], port, '')] });
  assert.equal(JSON.parse((await answer).body).name, 'late');
});

test('a taken port is named, and an unusable configuration leaves the old one', async (t) => {
  const { apply, curl, options, runDir } = await openWorld(t);
  const { port } = await startBackend(t, 'other', '0.0.0.0');
  const nothing = { ingresses: [], services: [], slices: [], signed: [], findSecret: () => undefined };
  const { config } = renderCaddyConfig(nothing, options);
  const caddy = { runDir, clock, httpPort: options.httpPort, httpsPort: options.httpsPort, probeHost: 'croft.test' };
  await assert.rejects(applyCaddyConfig(config, { ...caddy, httpPort: port }), new RegExp(`Port ${port} .* is taken`));
  await apply({});
  const broken = { ...config, apps: { nonsense: {} } };
  await assert.rejects(applyCaddyConfig(broken, caddy), /refused its configuration: .*nonsense/);
  assert.equal((await curl('https://other.croft.test/')).status, 404);
});
