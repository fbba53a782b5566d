import { configMaps, secrets } from '@croft/api/kinds';
import { type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { type ControllerContext, onChangeOf, type Trigger } from '@croft/controller/controller';
import { onDependency } from '../dependencies.ts';
import { onDefinition } from '../on-definition.ts';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import { onSourceChange, refersTo } from '../source.ts';
import { layoutAnnotation, prescriptionsLayout, settingsSuffix } from './prescribed-folder.ts';
import { type Kustomization, kustomizations } from './types.ts';

/** What besides a Kustomization's own changes has it looked at: its source, what it reads, and what it depends on. */
export function kustomizationTriggers({ informers }: ControllerContext): Trigger[] {
  const all = () => informers.of(kustomizations).list();
  const which = (isMeant: (object: Stored<Kustomization>) => boolean): ObjectKey[] => all().filter(isMeant).map(keyOf);
  return [
    onSourceChange((source) => which((object) => refersTo(object.spec?.sourceRef, keyOf(object), source))),
    onChangeOf(secrets, (secret) => which((object) => readsSecret(object, secret)), ordinarySecrets),
    onChangeOf(configMaps, (configMap) => which((object) => isVariables(object, 'ConfigMap', configMap))),
    onDependency(kustomizations, all),
    onDefinition(all),
  ];
}

function readsSecret(object: Stored<Kustomization>, secret: Stored<KubeObject>): boolean {
  const { namespace, name } = secret.metadata;
  if (name.endsWith(settingsSuffix) && object.metadata.annotations?.[layoutAnnotation] === prescriptionsLayout)
    return true;
  if (namespace !== object.metadata.namespace) return false;
  const { decryption, kubeConfig } = object.spec ?? {};
  return (
    decryption?.secretRef?.name === name ||
    kubeConfig?.secretRef?.name === name ||
    isVariables(object, 'Secret', secret)
  );
}

function isVariables(
  { metadata, spec }: Stored<Kustomization>,
  kind: 'Secret' | 'ConfigMap',
  { metadata: { namespace, name } }: Stored<KubeObject>,
): boolean {
  if (namespace !== metadata.namespace) return false;
  return (
    spec?.postBuild?.substituteFrom?.some((reference) => reference.kind === kind && reference.name === name) ?? false
  );
}
