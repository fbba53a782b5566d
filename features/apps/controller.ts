import { configMaps, namespaces, secrets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { parsePrescribed, prescribedLabel } from '@croft/api/prescribed';
import type { ConfigMap } from '@croft/api/types';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import { applicationLabel, parseApplication } from './application.ts';
import { parseSettings } from './settings.ts';
import { renderSettingsSecret, settingsSecretName } from './settings-secret.ts';
import type { Placeholders } from './settings-values.ts';
import { listWantedSecrets, type WantedSecret } from './wanted-secrets.ts';

/** The ConfigMap that holds the instance's settings in the API, under the key `settings.yaml`. */
export const settingsKey = { namespace: 'croft-system', name: 'settings' };

const fieldManager = 'croft-apps';
const write = { force: true, fieldManager };
const settingsScope = { namespace: settingsKey.namespace, fieldSelector: `metadata.name=${settingsKey.name}` };
const describedScope = { labelSelector: applicationLabel };
const prescribedScope = { labelSelector: prescribedLabel };

/**
 * Applications: those that are described (a ConfigMap with the application label), prescribed, or put into a namespace by
 * the settings get a settings Secret, made from the description and the instance's settings.
 */
export function startApps(context: ControllerContext & { portSuffix: string }): Controller {
  const { client, informers, portSuffix } = context;
  const events = createEventRecorder({ ...context, component: fieldManager });

  async function reconcileSecret(wanted: WantedSecret, placeholders: Placeholders): Promise<void> {
    const { name, namespace, description, mentioned } = wanted;
    const present = await client.find(secrets, { namespace, name: settingsSecretName(name) });
    const isOurs = present?.metadata.labels?.[applicationLabel] === name;
    if (!mentioned && !isOurs && description === undefined) return;
    const template = description === undefined ? {} : parseApplication(description).settings;
    if ((await client.find(namespaces, { name: namespace })) === undefined)
      await client.apply(namespaces, { metadata: { name: namespace } }, write);
    await client.apply(secrets, renderSettingsSecret({ ...wanted, template, placeholders, present }), write);
  }

  async function reconcileSettings(stored: Stored<ConfigMap>): Promise<void> {
    const settings = parseSettings(stored.data?.['settings.yaml'] ?? '', 'settings.yaml');
    const descriptions = informers.of(configMaps, describedScope).list();
    const prescribed = informers.of(configMaps, prescribedScope).list().flatMap(parsePrescribed);
    const failures: string[] = [];
    for (const wanted of listWantedSecrets({ settings, descriptions, prescribed })) {
      try {
        await reconcileSecret(wanted, { domain: settings.domain, portSuffix });
      } catch (error) {
        const message = `the settings of ${wanted.namespace}/${wanted.name}: ${errorMessage(error)}`;
        events.record(wanted.description ?? stored, 'Warning', 'SettingsFailed', message);
        failures.push(message);
      }
    }
    if (failures.length > 0) throw new Error(failures.join('; '));
  }

  const anyChange = () => [settingsKey];
  return startController<ConfigMap>(context, {
    name: 'apps',
    kind: configMaps,
    scope: settingsScope,
    triggers: [onChangeOf(configMaps, anyChange, describedScope), onChangeOf(configMaps, anyChange, prescribedScope)],
    reconcile: async (settings) => {
      if (settings?.data?.['settings.yaml'] !== undefined) await reconcileSettings(settings);
      return undefined;
    },
  });
}
