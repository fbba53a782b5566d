import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testIngress } from '../testing/objects.ts';
import { readSettings } from './annotations.ts';
import type { IngressWarnings } from './warnings.ts';

function read(annotations: Record<string, string>) {
  const ingress = testIngress('web', 'wiki.croft.test');
  const prefixed = Object.entries(annotations).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]);
  const warnings: IngressWarnings = new Map();
  const metadata = { ...ingress.metadata, annotations: { 'other.io/x': 'y', ...Object.fromEntries(prefixed) } };
  const settings = readSettings({ ...ingress, metadata }, warnings);
  return { settings, warnings: (warnings.get('default/web') ?? []).map(({ message }) => message) };
}

test('without annotations the defaults hold and nothing is warned of', () => {
  assert.deepEqual(read({}), {
    settings: { redirectToTls: 'with-tls', backendProtocol: 'http', useRegex: false },
    warnings: [],
  });
});

test('sizes have units', () => {
  assert.equal(read({ 'proxy-body-size': '8m' }).settings.maxBodyBytes, 8 * 1024 * 1024);
  assert.equal(read({ 'proxy-body-size': '512' }).settings.maxBodyBytes, 512);
  assert.equal(read({ 'proxy-body-size': '0' }).settings.maxBodyBytes, undefined);
  assert.match(read({ 'proxy-body-size': 'much' }).warnings[0] ?? '', /proxy-body-size: much is no size/);
});

test('redirects to TLS are forced or forbidden', () => {
  assert.equal(read({ 'ssl-redirect': 'false' }).settings.redirectToTls, 'never');
  assert.equal(read({ 'force-ssl-redirect': 'true', 'ssl-redirect': 'false' }).settings.redirectToTls, 'always');
});

test('a broken source range allows nobody rather than everybody', () => {
  const { settings, warnings } = read({ 'whitelist-source-range': 'localhost' });
  assert.deepEqual(settings.allowedSources, []);
  assert.equal(warnings.length, 1);
  assert.deepEqual(read({ 'whitelist-source-range': '10.0.0.0/8, ::1' }).settings.allowedSources, [
    '10.0.0.0/8',
    '::1',
  ]);
});

test('protection that cannot be given closes the door', () => {
  for (const annotations of [{ 'auth-type': 'digest' }, { 'auth-url': 'https://x' }, { 'auth-tls-secret': 'a/b' }]) {
    const { settings, warnings } = read(annotations);
    assert.equal(settings.auth, 'unsupported');
    assert.match(warnings.join(), /all access is refused/);
  }
});

test('the Secret of a password is in the Ingress’s namespace unless it says another', () => {
  const auth = (name: string) =>
    read({ 'auth-type': 'basic', 'auth-secret': name, 'auth-realm': '"a"{b}' }).settings.auth;
  assert.deepEqual(auth('users'), { secret: 'default/users', kind: 'file', realm: 'ab' });
  assert.deepEqual(auth('team/users'), { secret: 'team/users', kind: 'file', realm: 'ab' });
});

test('placeholders of the front door are not let in', () => {
  for (const name of ['rewrite-target', 'app-root', 'upstream-vhost']) {
    const { settings, warnings } = read({ [name]: '/{env.HOME}' });
    assert.deepEqual(
      [settings.rewriteTarget, settings.appRoot, settings.upstreamHost],
      [undefined, undefined, undefined],
    );
    assert.equal(warnings.length, 1, name);
  }
});

test('what is not known is warned of, what changes nothing is not', () => {
  assert.deepEqual(read({ 'proxy-read-timeout': '60', 'proxy-buffer-size': '8k' }).warnings, []);
  assert.match(read({ 'server-snippet': 'x' }).warnings.join(), /server-snippet is not supported/);
});
