import { type FieldError, invalidField, invalidObject, unsupportedField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { parseBody } from './body.ts';
import { badRequest } from './failures.ts';
import { validateDryRun } from './options.ts';
import type { ApiRequest } from './request.ts';
import { isTrue } from './request-info.ts';

export interface DeleteOptions {
  readonly dryRun: boolean;
  /** By the old way to say so: the answer then tells by 202 that the object is not gone yet. */
  readonly dependentsGo?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** From the body, or the query where there is none (apiserver handlers/delete.go). */
export async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const body = await request.readBody();
  const raw =
    body.length === 0
      ? fromQuery(request.query)
      : fromBody(parseBody(body, request.header('content-type'), 'DeleteOptions'));
  const { dryRun = [], gracePeriodSeconds, propagationPolicy, preconditions, orphanDependents } = raw;
  const errors: FieldError[] = [];
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    errors.push(
      invalidField(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    );
  }
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    errors.push(unsupportedField('propagationPolicy', propagationPolicy, [...policies, 'nil']));
  }
  const dryRuns = Array.isArray(dryRun) ? dryRun.map(String) : [];
  errors.push(...validateDryRun(dryRuns));
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  const uid = isJsonObject(preconditions) ? preconditions.uid : undefined;
  const resourceVersion = isJsonObject(preconditions) ? preconditions.resourceVersion : undefined;
  const policy =
    propagationPolicy ?? (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  return {
    dryRun: dryRuns.length > 0,
    ...(orphanDependents === false ? { dependentsGo: true } : {}),
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy as Policy }),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
}

type Policy = NonNullable<DeleteOptions['propagationPolicy']>;

interface Raw {
  dryRun?: unknown;
  gracePeriodSeconds?: unknown;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: unknown;
}

const policies = ['Foreground', 'Background', 'Orphan'];

const goTypes = {
  gracePeriodSeconds: ['number', 'int64'],
  orphanDependents: ['bool', 'bool'],
  propagationPolicy: ['string', 'v1.DeletionPropagation'],
  preconditions: ['object', 'v1.Preconditions'],
  dryRun: ['array', '[]string'],
} as const;

/** Null is as if absent. Throws 400 for another kind, and for a field of another type in the words of encoding/json. */
function fromBody({ kind, ...fields }: Raw & { kind?: unknown }): Raw {
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for DeleteOptions`);
  }
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  for (const [field, value] of given) {
    const [type, goType] = goTypes[field as keyof typeof goTypes] ?? [];
    const found = goKind(value);
    if (type === undefined || found === type) continue;
    throw badRequest(`json: cannot unmarshal ${found} into Go struct field DeleteOptions.${field} of type ${goType}`);
  }
  return Object.fromEntries(given);
}

function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && !Number.isInteger(value)) return `number ${value}`;
  return Array.isArray(value) ? 'array' : typeof value;
}

function fromQuery(query: URLSearchParams): Raw {
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null && !/^-?\d+$/.test(grace)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  }
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  return {
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(orphan === null ? {} : { orphanDependents: isTrue(orphan) }),
  };
}
