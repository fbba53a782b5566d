import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInResources } from '@croft/api/resources';
import { renderOpenApiDocument, renderOpenApiIndex } from './openapi.ts';

const described = builtInResources.map((resource) => ({ resource }));
const ofApps = described.filter(({ resource }) => resource.group === 'apps');

test('names each group with an address that changes with its resources', () => {
  const index = renderOpenApiIndex(described) as { paths: Record<string, { serverRelativeURL: string }> };
  const fewer = renderOpenApiIndex(ofApps.slice(1)) as typeof index;
  const address = index.paths['apis/apps/v1']?.serverRelativeURL;
  assert.match(address ?? '', /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  assert.notEqual(fewer.paths['apis/apps/v1']?.serverRelativeURL, address);
});

test('describes every kind of a group, with all that it refers to', () => {
  const text = JSON.stringify(renderOpenApiDocument(ofApps));
  const document = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
  assert.ok(refs.includes('io.k8s.api.core.v1.PodSpec'));
  assert.deepEqual(
    refs.filter((name) => document.components.schemas[name] === undefined),
    [],
  );
});

test('says what each field is for, beside what it refers to', () => {
  const { components } = renderOpenApiDocument(ofApps) as {
    components: { schemas: Record<string, { description: string; properties: Record<string, object> }> };
  };
  const deployment = components.schemas['io.k8s.api.apps.v1.Deployment'];
  assert.match(deployment?.description ?? '', /^Deployment enables/);
  assert.deepEqual(deployment?.properties.spec, {
    description: 'Specification of the desired behavior of the Deployment.',
    allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }],
  });
});

test('names the words that a field may hold, and what each is for', () => {
  const { components } = renderOpenApiDocument(described) as {
    components: {
      schemas: Record<
        string,
        { properties: Record<string, { description?: string; enum?: string[]; items?: { enum?: string[] } }> }
      >;
    };
  };
  const policy = components.schemas['io.k8s.api.core.v1.Container']?.properties.imagePullPolicy;
  assert.deepEqual(policy?.enum, ['Always', 'IfNotPresent', 'Never']);
  assert.match(
    policy?.description ?? '',
    /\n\nPossible enum values:\n - `"Always"` means that .*\n - `"IfNotPresent"` /,
  );
  const type = components.schemas['io.k8s.api.core.v1.HostPathVolumeSource']?.properties.type;
  assert.ok(type?.enum?.includes(''));
  const modes = components.schemas['io.k8s.api.core.v1.PersistentVolumeClaimSpec']?.properties.accessModes;
  assert.ok(modes?.enum === undefined && modes?.items?.enum?.includes('ReadWriteOnce'));
});

test('tells kubectl that patches know fieldValidation and dryRun', () => {
  const { paths } = renderOpenApiDocument(ofApps) as {
    paths: Record<string, { patch?: { parameters: { name: string }[]; 'x-kubernetes-group-version-kind': unknown } }>;
  };
  const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch;
  assert.deepEqual(patch?.['x-kubernetes-group-version-kind'], { group: 'apps', kind: 'Deployment', version: 'v1' });
  const names = patch?.parameters.map(({ name }) => name) ?? [];
  assert.ok(names.includes('fieldValidation') && names.includes('dryRun'));
});

test('shows the schema of a custom resource', () => {
  const resource = {
    ...builtInResources[0]!,
    group: 'example.org',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    subresources: [],
  };
  const custom = { type: 'object', properties: { spec: { type: 'object' } } };
  const { components } = renderOpenApiDocument([{ resource, custom }]) as {
    components: { schemas: Record<string, { properties: object; 'x-kubernetes-group-version-kind': unknown }> };
  };
  const schema = components.schemas['org.example.v1.Widget'];
  assert.ok(schema !== undefined && 'spec' in schema.properties && 'metadata' in schema.properties);
  assert.deepEqual(schema['x-kubernetes-group-version-kind'], [
    { group: 'example.org', kind: 'Widget', version: 'v1' },
  ]);
});
