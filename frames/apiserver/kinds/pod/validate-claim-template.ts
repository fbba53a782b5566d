import { type FieldError, forbiddenField } from '@croft/api/field-error';
import type { PersistentVolumeClaim } from '@croft/api/types';
import { checkAnnotations, checkLabels } from '../labels.ts';
import { checkClaimSpec } from '../storage/claim-errors.ts';

interface ClaimTemplate {
  metadata?: PersistentVolumeClaim['metadata'];
  spec?: PersistentVolumeClaim['spec'];
}

/** The claim that a pod's own volume is made from; of its metadata only labels and annotations count. */
export function checkClaimTemplate(path: string, { metadata, spec }: ClaimTemplate): FieldError[] {
  const at = `${path}.metadata`;
  const set = Object.entries(metadata ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const others = set.map(([field]) => field).filter((field) => field !== 'annotations' && field !== 'labels');
  return [
    ...checkAnnotations(`${at}.annotations`, metadata?.annotations),
    ...checkLabels(`${at}.labels`, metadata?.labels),
    ...others.map((field) => forbiddenField(`${at}.${field}`, 'cannot be set')),
    ...checkClaimSpec(`${path}.spec`, spec),
  ];
}
