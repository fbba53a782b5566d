import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import type { Condition, Definition } from './definition.ts';

const annotation = 'api-approved.kubernetes.io';
const field = `metadata.annotations[${annotation}]`;
const guide = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** Groups of the Kubernetes community, whose definitions tell who approved them. */
function isProtected(group: string): boolean {
  return /(^|\.)(k8s|kubernetes)\.io$/.test(group);
}

type State = 'missing' | 'bypassed' | 'approved' | 'invalid';

function stateOf({ metadata }: Definition): State {
  const text = metadata?.annotations?.[annotation] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return URL.canParse(text) && new URL(text).host !== '' ? 'approved' : 'invalid';
}

/** An approval that did not change is not looked at again. */
export function validateApproval(definition: Definition, old: Definition | undefined): FieldError[] {
  if (!isProtected(definition.spec.group ?? '')) return [];
  const state = stateOf(definition);
  if (old !== undefined && stateOf(old) === state) return [];
  const needed = `protected groups must have approval annotation "${annotation}"`;
  if (state === 'missing') return [requiredField(field, `${needed}, ${guide}`)];
  if (state !== 'invalid') return [];
  const text = definition.metadata?.annotations?.[annotation];
  return [invalidField(field, text, `${needed} with either a URL or a reason starting with "unapproved", ${guide}`)];
}

/** What the status of a protected definition says of its approval; undefined for others. */
export function approvalCondition(definition: Definition): Condition | undefined {
  if (!isProtected(definition.spec.group)) return undefined;
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const text = definition.metadata?.annotations?.[annotation] ?? '';
  if (stateOf(definition) === 'approved') {
    return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${text}` };
  }
  if (stateOf(definition) !== 'bypassed') return undefined;
  return { type, status: 'False', reason: 'UnapprovedAnnotation', message: `not approved: "${text}"` };
}
