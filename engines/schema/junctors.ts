import { type FieldError, invalidField } from '@croft/api/field-error';
import type { Check, Findings } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** `anyOf`, `oneOf`, `allOf` and `not`, in this order. What they say of the whole names no field. */
export function checkJunctors(
  findings: Findings,
  value: unknown,
  schema: StructuralSchema,
  path: string,
  check: Check,
): void {
  findings.checks += 1;
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  if (anyOf.length > 0) checkAnyOf(findings, value, anyOf, path, check);
  if (oneOf.length > 0) checkOneOf(findings, value, oneOf, path, check);
  if (allOf.length > 0) checkAllOf(findings, value, allOf, path, check);
  if (not !== undefined && outcome(value, not, path, check).errors.length === 0) {
    findings.errors.push(whole(path, 'must not validate the schema (not)'));
  }
}

type Alternatives = readonly StructuralSchema[];

function checkAnyOf(findings: Findings, value: unknown, schemas: Alternatives, path: string, check: Check): void {
  const failed: Findings[] = [];
  for (const schema of schemas) {
    const result = outcome(value, schema, path, check);
    if (result.errors.length === 0) {
      findings.checks += result.checks;
      return;
    }
    failed.push(result);
  }
  findings.errors.push(whole(path, 'must validate at least one schema (anyOf)'));
  merge(findings, closest(failed));
}

function checkOneOf(findings: Findings, value: unknown, schemas: Alternatives, path: string, check: Check): void {
  const results = schemas.map((schema) => outcome(value, schema, path, check));
  const valid = results.filter((result) => result.errors.length === 0).length;
  if (valid === 1) return;
  const count = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  findings.errors.push(whole(path, `must validate one and only one schema (oneOf). ${count}`));
  if (valid === 0) merge(findings, closest(results));
}

function checkAllOf(findings: Findings, value: unknown, schemas: Alternatives, path: string, check: Check): void {
  const results = schemas.map((schema) => outcome(value, schema, path, check));
  for (const result of results) merge(findings, result);
  const valid = results.filter((result) => result.errors.length === 0).length;
  if (valid === results.length) return;
  findings.errors.push(whole(path, `must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
}

function outcome(value: unknown, schema: StructuralSchema, path: string, check: Check): Findings {
  const findings: Findings = { errors: [], checks: 0 };
  check(findings, value, schema, path, undefined);
  return findings;
}

/** The alternative that passed most checks, the first of equals. */
function closest(results: readonly Findings[]): Findings | undefined {
  return results.reduce<Findings | undefined>(
    (best, result) => (best === undefined || result.checks > best.checks ? result : best),
    undefined,
  );
}

function merge(findings: Findings, other: Findings | undefined): void {
  if (other === undefined) return;
  findings.errors.push(...other.errors);
  findings.checks += other.checks;
}

function whole(path: string, rule: string): FieldError {
  return invalidField('<nil>', '', `"${path}" ${rule}`);
}
