import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeValues } from './settings-values.ts';

const template = {
  ingress: { host: 'blog.${domain}', url: 'https://blog.${domain}${portSuffix}' },
  admin: { user: 'admin', password: '${password:admin}' },
  database: { password: '${password:db}', rootPassword: '${password:db}' },
};
const placeholders = { domain: 'example.org', portSuffix: '' };
const first = () => composeValues({ template, placeholders, existing: {}, lastDefaults: {}, own: {} });

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
  const again = composeValues({ template, placeholders, existing: values, lastDefaults: defaults, own: {} });
  assert.deepEqual(again.values, values);
  const edited = { ...values, admin: { user: 'maria', password: 'chosen' } };
  const wider = { ...template, title: 'Blog' };
  const next = composeValues({ template: wider, placeholders, existing: edited, lastDefaults: defaults, own: {} });
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
  });
  assert.deepEqual(moved.values.ingress, { host: 'mine.example.net', url: 'https://blog.new.org:8443' });
  assert.deepEqual(moved.values.admin, values.admin);
});

test("the administrator's own values win", () => {
  const own = { admin: { user: 'root' } };
  const { values } = composeValues({ template, placeholders, existing: {}, lastDefaults: {}, own });
  assert.equal((values.admin as Record<string, string>).user, 'root');
});
