import { matchesLabels } from '@croft/api/label-selector';
import { compilePattern, matches } from '@croft/schema/patterns';
import type { ObjectsReference } from '../receiver/types.ts';
import type { AlertSpec, Notification } from './types.ts';

/** The labels of the object that an event is about. */
export type LabelsOf = (object: Notification['involvedObject']) => Promise<Record<string, string>>;

/** Whether an Alert in this namespace tells the event. A pattern that is none fits nothing. Throws when labels cannot be read. */
export async function matchesEvent(
  spec: AlertSpec,
  namespace: string | undefined,
  notification: Notification,
  labelsOf: LabelsOf,
): Promise<boolean> {
  if (spec.suspend === true) return false;
  if (spec.eventSeverity === 'error' && notification.severity !== 'error') return false;
  if (!(await isFromSource(spec.eventSources, namespace, notification, labelsOf))) return false;
  const { inclusionList = [], exclusionList = [] } = spec;
  const fits = (pattern: string) => matches(notification.message, pattern);
  return (inclusionList.length === 0 || inclusionList.some(fits)) && !exclusionList.some(fits);
}

async function isFromSource(
  sources: readonly ObjectsReference[],
  namespace: string | undefined,
  { involvedObject }: Notification,
  labelsOf: LabelsOf,
): Promise<boolean> {
  const named = sources.filter(
    (source) =>
      source.kind === involvedObject.kind &&
      (source.namespace ?? namespace) === involvedObject.namespace &&
      (source.name === '*' || source.name === involvedObject.name),
  );
  if (named.some(({ matchLabels }) => matchLabels === undefined)) return true;
  if (named.length === 0) return false;
  const labels = await labelsOf(involvedObject);
  return named.some(({ matchLabels = {} }) => matchesLabels(matchLabels, labels));
}

/** Why a pattern of inclusionList or exclusionList is none. */
export function findPatternProblem(pattern: string): string | undefined {
  const compiled = compilePattern(pattern);
  if (!(compiled instanceof Error)) return undefined;
  return `'${pattern}' in inclusionList or exclusionList is no regular expression: ${compiled.message}`;
}
