import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandInput } from './command.ts';
import { readOidcOptions } from './oidc-options.ts';

const read = (options: CommandInput['options']) =>
  readOidcOptions({ options, positionals: [], env: {}, terminal: undefined as never });

test('the flags for an issuer are those of kube-apiserver', async () => {
  assert.equal(await read({}), undefined);
  const options = {
    'oidc-issuer-url': 'https://login.example.org',
    'oidc-client-id': 'croft',
    'oidc-username-claim': 'email',
    'oidc-groups-claim': 'groups',
    'oidc-required-claim': ['hd=example.org', 'a=b=c'],
  };
  assert.deepEqual(await read(options), {
    issuer: 'https://login.example.org',
    clientIds: ['croft'],
    usernameClaim: 'email',
    groupsClaim: 'groups',
    requiredClaims: { hd: 'example.org', a: 'b=c' },
  });
});

test('flags that do not fit together say what is missing', async () => {
  const issuer = { 'oidc-issuer-url': 'https://login.example.org', 'oidc-client-id': 'croft' };
  const refused: [CommandInput['options'], RegExp][] = [
    [{ 'oidc-groups-claim': 'groups' }, /--oidc-issuer-url and --oidc-client-id must be given together/],
    [{ 'oidc-issuer-url': 'https://login.example.org' }, /must be given together/],
    [{ ...issuer, 'oidc-issuer-url': 'http://login.example.org' }, /an https address is expected/],
    [{ ...issuer, 'oidc-required-claim': ['hd'] }, /CLAIM=VALUE is expected/],
    [{ ...issuer, 'oidc-ca-file': '/nowhere/ca.pem' }, /--oidc-ca-file \/nowhere\/ca\.pem: .*ENOENT/],
  ];
  for (const [options, message] of refused) await assert.rejects(read(options), message);
});
