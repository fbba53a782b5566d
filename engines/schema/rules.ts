import {
  duplicateField,
  type FieldError,
  forbiddenField,
  invalidField,
  omitted,
  requiredField,
} from '@croft/api/field-error';
import { errorMessage } from '@croft/foundation/errors';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { Optional } from '@marcbachmann/cel-js';
import { type Budget, CostError } from './cel-budget.ts';
import { compileExpression, type Expression } from './cel-rule.ts';
import { toCelRoot, toCelValue } from './cel-values.ts';
import { childPath } from './findings.ts';
import type { StructuralSchema, ValidationRule } from './structural-schema.ts';
import { oldItem } from './validate-list.ts';

const known = new WeakMap<StructuralSchema, boolean>();

/** What all rules on one object may cost (`x-kubernetes-validations` of Kubernetes). */
const totalBudget = 10_000_000;

interface Run {
  readonly errors: FieldError[];
  readonly budget: Budget;
}

/** One value with its schema, and what it was before, where that can be told. */
interface Place {
  readonly value: unknown;
  readonly old: unknown;
  readonly schema: StructuralSchema;
  readonly path: string;
  readonly isRoot: boolean;
}

/** Whether there is a CEL rule anywhere in the schema. */
export function hasRules(schema: StructuralSchema): boolean {
  let found = known.get(schema);
  if (found === undefined) {
    found = findRules(schema);
    known.set(schema, found);
  }
  return found;
}

/**
 * The errors of the CEL rules of a schema on an object that fits the schema. `old` is undefined on create. `path` is
 * where the value stands; the whole object stands nowhere.
 */
export function validateRules(value: unknown, old: unknown, schema: StructuralSchema, path = ''): FieldError[] {
  const run: Run = { errors: [], budget: { left: totalBudget } };
  visit(run, { value, old, schema, path, isRoot: path === '' });
  return run.errors;
}

function findRules(schema: StructuralSchema): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  const { items, properties = {}, additionalProperties: rest, allOf = [] } = schema;
  if (items !== undefined && hasRules(items)) return true;
  if (typeof rest === 'object' && hasRules(rest)) return true;
  return allOf.some(hasRules) || Object.values(properties).some(hasRules);
}

function visit(run: Run, place: Place): void {
  const { value, old, schema, path } = place;
  if (value === null || value === undefined || run.budget.left < 0 || !hasRules(schema)) return;
  checkRules(run, place);
  for (const part of schema.allOf ?? []) visit(run, { ...place, schema: part });
  if (Array.isArray(value) && schema.items !== undefined) {
    const items = schema.items;
    value.forEach((item, index) => {
      visit(run, {
        value: item,
        old: oldItem(item, schema, old),
        schema: items,
        path: `${path}[${index}]`,
        isRoot: false,
      });
    });
  } else if (isJsonObject(value)) visitFields(run, place, value);
}

function visitFields(run: Run, { old, schema, path }: Place, map: object): void {
  const { properties = {}, additionalProperties: rest } = schema;
  const tellsOld = isJsonObject(old) && schema['x-kubernetes-map-type'] !== 'atomic';
  for (const key of Object.keys(map)) {
    const declared = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const below = declared ?? (typeof rest === 'object' ? rest : undefined);
    if (below === undefined) continue;
    visit(run, {
      value: readKey(map, key),
      old: tellsOld ? readKey(old, key) : undefined,
      schema: below,
      path: declared === undefined ? `${path}[${key}]` : childPath(path, key),
      isRoot: false,
    });
  }
}

function checkRules(run: Run, place: Place): void {
  const rules = place.schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return;
  const convert = place.isRoot ? toCelRoot : toCelValue;
  const self = convert(place.value, place.schema);
  const oldSelf = place.old === undefined || place.old === null ? undefined : convert(place.old, place.schema);
  for (const rule of rules) {
    if (run.budget.left >= 0) checkRule(run, place, rule, self, oldSelf);
  }
}

function checkRule(run: Run, place: Place, rule: ValidationRule, self: unknown, oldSelf: unknown): void {
  const refuse = (detail: string) => {
    run.errors.push(invalidField(pathOf(place), place.schema.type ?? '', detail));
  };
  if (rule.rule.trim() === '') return;
  const expression = compileExpression(rule.rule);
  if (expression instanceof Error) return refuse(`rule compile error: ${expression.message}`);
  if (expression.usesOldSelf && oldSelf === undefined && rule.optionalOldSelf !== true) return;
  const optional = oldSelf === undefined ? Optional.none() : Optional.of(oldSelf);
  const before = rule.optionalOldSelf === true ? optional : oldSelf;
  try {
    if (expression.run({ self, oldSelf: before }, run.budget) === true) return;
  } catch (error) {
    if (error instanceof CostError) return refuse(costDetail(run, rule));
    return refuse(`${evaluationError(error)} evaluating rule: ${(rule.message ?? rule.rule).trim()}`);
  }
  const unchanged = place.old !== undefined && jsonEqual(place.value, place.old);
  if (unchanged && !expression.usesOldSelf) return;
  run.errors.push(ruleError(place, rule, messageOf(run, rule, self, before)));
}

/** No rule is tried after one that costs too much. */
function costDetail({ budget }: Run, rule: ValidationRule): string {
  if (budget.left < 0) {
    return 'validation failed due to running out of cost budget, no further validation rules will be run';
  }
  budget.left = -1;
  const text = (rule.message ?? rule.rule).trim();
  return `'${new CostError().message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`;
}

/** The text of messageExpression where that gives one, else of message, else the rule. */
function messageOf({ budget }: Run, rule: ValidationRule, self: unknown, oldSelf: unknown): string {
  const expression = rule.messageExpression === undefined ? undefined : compileExpression(rule.messageExpression);
  const text =
    expression === undefined || expression instanceof Error
      ? undefined
      : runMessage(expression, { self, oldSelf }, budget);
  if (text !== undefined) return text;
  return rule.message === undefined || rule.message === '' ? `failed rule: ${rule.rule.trim()}` : rule.message.trim();
}

/** A message that fails, is empty, has line breaks or is longer than 5 KiB does not count. */
function runMessage(expression: Expression, variables: Record<string, unknown>, budget: Budget): string | undefined {
  try {
    const text = expression.run(variables, budget);
    if (typeof text !== 'string' || text.trim() === '' || /[\r\n]/.test(text) || text.length > 5120) return undefined;
    return text.trim();
  } catch {
    return undefined;
  }
}

function ruleError(place: Place, rule: ValidationRule, detail: string): FieldError {
  const path =
    rule.fieldPath === undefined || rule.fieldPath === '' ? pathOf(place) : fieldPathOf(place, rule.fieldPath);
  const whole = place.schema.type === 'object' || place.schema.type === 'array';
  const value = whole ? omitted : place.value;
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, detail);
    case 'FieldValueRequired':
      return requiredField(path, detail);
    case 'FieldValueDuplicate':
      return { ...duplicateField(path, value), detail: '' };
    default:
      return invalidField(path, value, detail);
  }
}

function pathOf({ path }: Place): string {
  return path === '' ? '<nil>' : path;
}

/** `.a['b.c'].d` below a path: names in quotes are keys. */
function fieldPathOf({ path }: Place, below: string): string {
  const relative = below.trim().replace(/\[(['"])(.*?)\1\]/g, '[$2]');
  return `${path}${relative}`.replace(/^\./, '');
}

/** CEL's own words begin small in Kubernetes. */
function evaluationError(error: unknown): string {
  const summary = error instanceof Error && 'summary' in error ? String(error.summary) : errorMessage(error);
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}
