import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startTestServer } from './test-server.ts';

function definition(plural: string, kind: string, versions: string[]) {
  const schema = { openAPIV3Schema: { type: 'object' } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.org` },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, schema })),
    },
  };
}

test('the versions of a group are in their order, whichever kinds have them', async () => {
  await using server = await startTestServer();
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await server.call('POST', path, definition('hooks', 'Hook', ['v1', 'v1beta1']));
  await server.call('POST', path, definition('alerts', 'Alert', ['v1beta3', 'v1beta2']));
  for (;;) {
    const { body } = await server.call('GET', '/apis/example.org');
    const { versions = [] } = body as { versions?: { version: string }[] };
    if (versions.length < 4) {
      await setTimeout(5); // the definitions are taken up one after the other
      continue;
    }
    assert.deepEqual(
      versions.map(({ version }) => version),
      ['v1', 'v1beta3', 'v1beta2', 'v1beta1'],
    );
    return;
  }
});
