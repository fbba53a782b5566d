import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { compileExpression } from './cel-rule.ts';
import type { StructuralSchema, ValidationRule } from './structural-schema.ts';

const reasons = ['FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate'].sort();

/** What is wrong with the CEL rules of one schema. `uncorrelated` is the path above within which oldSelf is unknown. */
export function findRuleErrors(schema: StructuralSchema, path: string, uncorrelated: string | undefined): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.flatMap((rule, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`;
    const errors = checkTexts(rule, at);
    return errors.length > 0 ? errors : checkExpressions(rule, at, uncorrelated);
  });
}

function checkTexts(rule: ValidationRule, path: string): FieldError[] {
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
  return errors;
}

function checkExpressions(rule: ValidationRule, path: string, uncorrelated: string | undefined): FieldError[] {
  const expression = compileExpression(rule.rule);
  if (expression instanceof Error) {
    return [invalidField(`${path}.rule`, rule, `compilation failed: ${expression.message}`)];
  }
  const errors: FieldError[] = [];
  if (rule.messageExpression !== undefined) {
    const message = compileExpression(rule.messageExpression);
    if (message instanceof Error) {
      const why = `messageExpression compilation failed: ${message.message}`;
      errors.push(invalidField(`${path}.messageExpression`, rule, why));
    }
  }
  if (expression.usesOldSelf && uncorrelated !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    errors.push(invalidField(`${path}.rule`, rule.rule, why));
  } else if (!expression.usesOldSelf && rule.optionalOldSelf !== undefined) {
    const why = 'may not be set if oldSelf is not used in rule';
    errors.push(invalidField(`${path}.optionalOldSelf`, rule.optionalOldSelf, why));
  }
  return errors;
}

function hasLineBreak(text: string): boolean {
  return /[\r\n]/.test(text);
}
