import { duplicateField, type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import { labelValueErrors } from '@croft/api/names';
import type { Node } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { checkNetwork } from '../addresses.ts';
import { checkChoice, checkQualifiedName } from '../check.ts';
import type { Writable } from '../define.ts';

type Spec = NonNullable<Node['spec']>;
type Taint = NonNullable<Spec['taints']>[number];

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The first network of a node is told twice: alone, and in the list. */
export function alignNetworks(spec: Writable<Spec>): void {
  if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
  const first = spec.podCIDRs?.[0];
  if (first !== undefined) spec.podCIDR = first;
}

export function checkNode({ spec }: Node): FieldError[] {
  return [
    ...checkTaints(spec?.taints),
    ...(spec?.podCIDRs ?? []).flatMap((network, at) => checkNetwork(`spec.podCIDRs[${at}]`, network)),
  ];
}

/** Kubernetes looks at the taints twice. */
export function checkNodeUpdate(node: Node, old: Node): FieldError[] {
  const rule = (what: string) => `node updates may not change ${what} except from "" to valid`;
  const [now, before] = [node.spec, old.spec];
  const networks = before?.podCIDRs ?? [];
  const moves = networks.length > 0 && !jsonEqual(networks, now?.podCIDRs ?? []);
  const renames = before?.providerID && before.providerID !== now?.providerID;
  return [
    ...checkNode(node),
    ...checkTaints(now?.taints),
    ...(moves ? [forbiddenField('spec.podCIDRs', rule('podCIDR'))] : []),
    ...(renames ? [forbiddenField('spec.providerID', rule('providerID'))] : []),
  ];
}

/** The path is that of Kubernetes, though taints are part of the spec. */
function checkTaints(taints: readonly Taint[] = []): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const at = `metadata.taints[${index}]`;
    const { key = '', value = '', effect } = taint;
    const id = `${effect}:${key}`;
    const isKnown = seen.has(id);
    seen.add(id);
    const faults = labelValueErrors(value);
    return [
      ...checkQualifiedName(`${at}.key`, key),
      ...(faults.length === 0 ? [] : [invalidField(`${at}.value`, value, faults.join(';'))]),
      ...checkChoice(`${at}.effect`, effect, taintEffects),
      ...(isKnown ? [{ ...duplicateField(at, printTaint(taint)), detail: uniqueRule }] : []),
    ];
  });
}

const uniqueRule = 'taints must be unique by key and effect pair';

function printTaint({ key, value = '', effect, timeAdded }: Taint): object {
  return { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null };
}
