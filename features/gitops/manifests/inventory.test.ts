import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps, namespaces } from '@croft/api/kinds';
import { inventoryEntryOf, missingEntries, parseInventoryEntry } from './inventory.ts';

test('an entry names an object as Flux does, and is read back', () => {
  const entry = inventoryEntryOf(configMaps, { metadata: { name: 'system:a', namespace: 'web' } });
  assert.deepEqual(entry, { id: 'web_system__a__ConfigMap', v: 'v1' });
  assert.deepEqual(parseInventoryEntry(entry), {
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    key: { namespace: 'web', name: 'system:a' },
  });
  const cluster = inventoryEntryOf(namespaces, { metadata: { name: 'web' } });
  assert.equal(cluster.id, '_web__Namespace');
  assert.deepEqual(parseInventoryEntry(cluster).key, { name: 'web' });
});

test('what is missing from the new inventory is found by identity, whatever its version', () => {
  const before = [
    { id: 'a_b__ConfigMap', v: 'v1' },
    { id: 'a_c_apps_Deployment', v: 'v1' },
  ];
  assert.deepEqual(missingEntries(before, [{ id: 'a_b__ConfigMap', v: 'v2' }]), [
    { id: 'a_c_apps_Deployment', v: 'v1' },
  ]);
});
