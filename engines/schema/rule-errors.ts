import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { compileExpression, type Expression } from './cel-rule.ts';
import { checkTypes } from './cel-types.ts';
import { findField } from './field-path.ts';
import type { StructuralSchema, ValidationRule } from './structural-schema.ts';

const reasons = ['FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate'].sort();

/** What is wrong with the texts of the CEL rules of one schema. */
export function findRuleTextErrors(schema: StructuralSchema, path: string): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.flatMap((rule, index) => checkTexts(rule, schema, `${path}.x-kubernetes-validations[${index}]`));
}

/** A schema with rules, and where it stands. */
export interface RulesPlace {
  readonly path: string;
  readonly isRoot: boolean;
  /** The path above within which oldSelf is unknown. */
  readonly uncorrelated?: string | undefined;
}

/** What is wrong with the expressions of the CEL rules of one schema. */
export function findExpressionErrors(schema: StructuralSchema, place: RulesPlace): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.flatMap((rule, index) => checkExpressions(rule, schema, index, place));
}

function checkTexts(rule: ValidationRule, schema: StructuralSchema, path: string): FieldError[] {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule;
  const errors: FieldError[] = [];
  const refuse = (field: string, value: string, why: string) =>
    errors.push(invalidField(`${path}.${field}`, value, why));
  if ((rule.rule ?? '').trim() === '') errors.push(requiredField(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') refuse('message', message, 'must be non-empty if specified');
  else if (hasLineBreak(message.trim())) refuse('message', message, 'must not contain line breaks');
  else if (hasLineBreak(rule.rule.trim()) && message === '') {
    errors.push(requiredField(`${path}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(requiredField(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  }
  if (reason !== undefined && !reasons.includes(reason)) {
    errors.push(unsupportedField(`${path}.reason`, reason, reasons));
  }
  if (fieldPath !== '' && fieldPath.trim() === '') refuse('fieldPath', fieldPath, 'must be non-empty if specified');
  if (hasLineBreak(fieldPath)) refuse('fieldPath', fieldPath, 'must not contain line breaks');
  if (fieldPath !== '' && 'error' in findField(fieldPath, schema, true)) {
    refuse('fieldPath', fieldPath, 'must be a valid path');
  }
  return errors;
}

function checkExpressions(
  rule: ValidationRule,
  schema: StructuralSchema,
  index: number,
  { path, isRoot, uncorrelated }: RulesPlace,
): FieldError[] {
  const at = `${path}.x-kubernetes-validations[${index}]`;
  const errors: FieldError[] = [];
  const expression = compileExpression(rule.rule);
  const problem = findProblem(expression, rule.rule, schema, isRoot, 'bool');
  if (problem !== undefined) errors.push(invalidField(`${at}.rule`, internalRule(rule), problem));
  if (rule.messageExpression !== undefined && rule.messageExpression !== '') {
    const message = compileExpression(rule.messageExpression);
    const wrong = findProblem(message, rule.messageExpression, schema, isRoot, 'string');
    if (wrong !== undefined) {
      errors.push(invalidField(`${at}.messageExpression`, internalRule(rule), `messageExpression ${wrong}`));
    }
  }
  if (expression instanceof Error) return errors;
  if (expression.usesOldSelf && uncorrelated !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    errors.push(invalidField(`${at}.rule`, rule.rule, why));
  } else if (!expression.usesOldSelf && rule.optionalOldSelf !== undefined) {
    const why = 'may not be set if oldSelf is not used in rule';
    errors.push(invalidField(`${at}.optionalOldSelf`, rule.optionalOldSelf, why));
  }
  return errors;
}

/** Why an expression cannot serve; it has to give a value of `type`. */
function findProblem(
  expression: Expression | Error,
  text: string,
  schema: StructuralSchema,
  isRoot: boolean,
  type: 'bool' | 'string',
): string | undefined {
  if (expression instanceof Error) return `compilation failed: ${expression.message}`;
  const found = checkTypes(text, schema, isRoot);
  if (found.error !== undefined) return `compilation failed: ${found.error}`;
  if (found.type === undefined || found.type === type || found.type === 'dyn') return undefined;
  return type === 'bool' ? 'must evaluate to a bool' : 'must evaluate to a string';
}

/** A rule as the API server has it in memory. */
function internalRule(rule: ValidationRule) {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}

function hasLineBreak(text: string): boolean {
  return /[\r\n]/.test(text);
}
