import {
  type FieldError,
  fieldTooLong,
  forbiddenField,
  invalidField,
  invalidObject,
  requiredField,
  unsupportedField,
} from '@croft/api/field-error';
import { badRequest } from './failures.ts';
import type { ApiRequest } from './request.ts';
import { isTrue } from './request-info.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean;
}

/** Options of a create, update or patch, from the query. Throws StatusError as Kubernetes words it. */
export function parseWriteOptions(
  request: ApiRequest,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  patchType?: 'apply' | 'other',
): WriteOptions {
  const { query } = request;
  const fieldManager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const validation = query.get('fieldValidation') ?? '';
  const force = query.get('force');
  const errors: FieldError[] = [];
  if (patchType === 'apply' && fieldManager === '') {
    errors.push(requiredField('fieldManager', 'is required for apply patch'));
  }
  if (patchType === 'other' && force !== null) {
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...validateFieldManager(fieldManager, 'fieldManager'), ...validateDryRun(dryRun));
  if (validation !== '' && validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
    errors.push(unsupportedField('fieldValidation', validation, ['Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: fieldManager === '' ? managerFromUserAgent(request.header('user-agent')) : fieldManager,
    fieldValidation: validation === 'Ignore' || validation === 'Strict' ? validation : 'Warn',
    force: isTrue(force),
  };
}

export function validateDryRun(values: readonly string[]): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [unsupportedField('dryRun', values, ['All'])];
}

/** What Go's unicode.IsPrint takes. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

export function validateFieldManager(manager: string, field: string): FieldError[] {
  const errors = Buffer.byteLength(manager) > 128 ? [fieldTooLong(field, 128)] : [];
  let position = 0;
  for (const character of manager) {
    if (!printable.test(character)) {
      const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalidField(field, manager, `invalid character U+${hex} (at position ${position})`));
    }
    position += Buffer.byteLength(character);
  }
  return errors;
}

/** The program's name before the version: `kubectl` of `kubectl/v1.36 (linux/amd64)`. */
export function managerFromUserAgent(userAgent: string | undefined): string {
  const name = (userAgent ?? '').split('/')[0] ?? '';
  return name === '' ? 'unknown' : name.slice(0, 128);
}

export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number;
}

/** Options of a list or watch (apimachinery pkg/apis/meta/internalversion/validation). */
export function parseListOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const sendInitialEvents = query.get('sendInitialEvents');
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: parseInteger(query.get('limit')),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    sendInitialEvents: sendInitialEvents === null ? undefined : isTrue(sendInitialEvents),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: parseInteger(query.get('timeoutSeconds')),
  };
  const errors = watch ? validateWatchOptions(options) : validateListOptions(options);
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

const matchField = 'resourceVersionMatch';

function validateListOptions(options: ListOptions): FieldError[] {
  const { resourceVersion, resourceVersionMatch: match, continueToken, sendInitialEvents } = options;
  const errors: FieldError[] = [];
  if (match !== '') {
    if (resourceVersion === '') {
      errors.push(forbiddenField(matchField, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    }
    if (continueToken !== '') {
      errors.push(forbiddenField(matchField, 'resourceVersionMatch is forbidden when continue is provided'));
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(unsupportedField(matchField, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbiddenField(matchField, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function validateWatchOptions({ resourceVersionMatch: match, sendInitialEvents }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') {
      errors.push(
        forbiddenField(matchField, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
      );
    }
    if (match !== '' && match !== 'NotOlderThan') errors.push(unsupportedField(matchField, match, ['NotOlderThan']));
  } else if (match !== '') {
    errors.push(
      forbiddenField(matchField, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    );
  }
  return errors;
}

function parseInteger(text: string | null): number {
  if (text === null || text === '') return 0;
  const refuse = (why: string) => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw refuse('invalid syntax');
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) throw refuse('value out of range');
  return Number(text);
}

/** A resourceVersion of a list or watch as a revision; undefined when none was given. */
export function parseRevision(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
