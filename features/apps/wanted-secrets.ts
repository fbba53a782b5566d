import type { Stored } from '@croft/api/object';
import type { PrescribedRelease } from '@croft/api/prescribed';
import type { ConfigMap } from '@croft/api/types';
import { applicationLabel } from './application.ts';
import type { ApplicationSettings, Settings } from './settings.ts';

/** A settings Secret that the instance's settings and prescriptions ask for. */
export interface WantedSecret {
  /** Of the application. */
  name: string;
  namespace: string;
  enabled: boolean;
  own: ApplicationSettings;
  description?: Stored<ConfigMap>;
  /** The settings name the application. For one that they do not name, and nobody described, no Secret is made. */
  mentioned: boolean;
}

export interface WantedSources {
  settings: Settings;
  descriptions: readonly Stored<ConfigMap>[];
  prescribed: readonly PrescribedRelease[];
}

/** One for each described application, each prescribed one, and each that the settings put into a namespace. */
export function listWantedSecrets({ settings, descriptions, prescribed }: WantedSources): WantedSecret[] {
  const described = descriptions.map((description) => ({
    name: description.metadata.labels?.[applicationLabel] ?? '',
    namespace: description.metadata.namespace ?? 'default',
    description,
  }));
  const placed = Object.entries(settings.applications).flatMap(([name, { namespace }]) =>
    namespace === undefined ? [] : [{ name, namespace }],
  );
  const places = new Map<string, { name: string; namespace: string; description?: Stored<ConfigMap> }>();
  for (const place of [...placed, ...prescribed, ...described]) places.set(`${place.namespace}/${place.name}`, place);
  return [...places.values()].map(({ name, namespace, description }) => {
    const own = settings.applications[name] ?? {};
    const isMeant = own.namespace === undefined || own.namespace === namespace;
    const isListed = settings.enabledApplications.includes(name);
    return {
      name,
      namespace,
      enabled: isListed && isMeant,
      own: isMeant ? own : {},
      mentioned: isMeant && (isListed || name in settings.applications),
      ...(description === undefined ? {} : { description }),
    };
  });
}
