import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeValues } from './settings-values.ts';

const template = {
  ingress: { host: 'blog.${domain}', url: 'https://blog.${domain}${portSuffix}' },
  admin: { user: 'admin', password: '${password:admin}' },
  database: { password: '${password:db}', rootPassword: '${password:db}' },
};
const placeholders = { domain: 'example.org', portSuffix: '' };
const first = () => composeValues({ template, placeholders, existing: {}, lastDefaults: {}, own: {}, lastOwn: {} });

test('the first values have the domain and passwords of their own', () => {
  const { values } = first();
  const { ingress, admin, database } = values as Record<string, Record<string, string>>;
  assert.equal(ingress?.host, 'blog.example.org');
  assert.match(admin?.password ?? '', /^[A-Za-z0-9]{32}$/);
  assert.equal(database?.password, database?.rootPassword);
  assert.notEqual(admin?.password, database?.password);
});

test('a second run changes nothing; what a person changed stays; new keys are merged', () => {
  const { values, defaults } = first();
  const again = composeValues({
    template,
    placeholders,
    existing: values,
    lastDefaults: defaults,
    own: {},
    lastOwn: {},
  });
  assert.deepEqual(again.values, values);
  const edited = { ...values, admin: { user: 'maria', password: 'chosen' } };
  const wider = { ...template, title: 'Blog' };
  const next = composeValues({
    template: wider,
    placeholders,
    existing: edited,
    lastDefaults: defaults,
    own: {},
    lastOwn: {},
  });
  assert.deepEqual(next.values, { ...edited, title: 'Blog' });
});

test('another domain reaches values that are still defaults, and only those', () => {
  const { values, defaults } = first();
  const edited = { ...values, ingress: { ...(values.ingress as object), host: 'mine.example.net' } };
  const moved = composeValues({
    template,
    placeholders: { domain: 'new.org', portSuffix: ':8443' },
    existing: edited,
    lastDefaults: defaults,
    own: {},
    lastOwn: {},
  });
  assert.deepEqual(moved.values.ingress, { host: 'mine.example.net', url: 'https://blog.new.org:8443' });
  assert.deepEqual(moved.values.admin, values.admin);
});

test("the administrator's own values win", () => {
  const own = { admin: { user: 'root' } };
  const { values } = composeValues({ template, placeholders, existing: {}, lastDefaults: {}, own, lastOwn: {} });
  assert.equal((values.admin as Record<string, string>).user, 'root');
});

test('an own value that is taken back leaves the default, and a password as it is', () => {
  const before = first();
  const own = { ingress: { host: 'mine.example.net', basicAuth: { enabled: true } }, admin: { password: 'chosen' } };
  const lastOwn = { ingress: { host: true, basicAuth: { enabled: true } }, admin: { password: true } } as const;
  const known = { template, placeholders, lastDefaults: before.defaults };
  const chosen = composeValues({ ...known, existing: before.values, own, lastOwn: {} });
  assert.equal((chosen.values.ingress as Record<string, string>).host, 'mine.example.net');
  const fewer = { ingress: { basicAuth: { enabled: true } } };
  const half = composeValues({ ...known, existing: chosen.values, own: fewer, lastOwn });
  assert.deepEqual(half.values.ingress, { ...(before.values.ingress as object), basicAuth: { enabled: true } });
  const after = composeValues({ ...known, existing: chosen.values, own: {}, lastOwn });
  assert.deepEqual(after.values.ingress, before.values.ingress);
  assert.equal((after.values.admin as Record<string, string>).password, 'chosen');
});
