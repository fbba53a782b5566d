import type { Pod } from '@croft/api/types';

/** The configMaps or secrets that a Pod's volumes and variables name. */
export function referencesOf(pod: Pod, what: 'configMap' | 'secret'): Set<string> {
  const names = new Set<string | undefined>();
  for (const volume of pod.spec?.volumes ?? []) {
    names.add(what === 'configMap' ? volume.configMap?.name : volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) names.add(source[what]?.name);
  }
  for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
    for (const source of container.envFrom ?? []) names.add(source[`${what}Ref`]?.name);
    for (const { valueFrom } of container.env ?? []) names.add(valueFrom?.[`${what}KeyRef`]?.name);
  }
  names.delete(undefined);
  return names as Set<string>;
}

export function claimsOf(pod: Pod): Set<string> {
  const claims = (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim ?? []);
  return new Set(claims.map(({ claimName }) => claimName));
}
