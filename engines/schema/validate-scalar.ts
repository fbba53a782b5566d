import { fieldTooLong, invalidField, invalidType } from '@croft/api/field-error';
import { quoteGo } from '@croft/api/go-quote';
import type { Findings } from './findings.ts';
import { hasFormat } from './formats.ts';
import { matches } from './patterns.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Length, pattern and format. Of the first two only the first mistake is told. */
export function checkText(findings: Findings, text: string, schema: StructuralSchema, path: string): void {
  findings.checks += 1;
  checkLengthAndPattern(findings, text, schema, path);
  const format = schema.format;
  if (format === undefined || format === '' || schema.type !== 'string') return;
  findings.checks += 1;
  if (hasFormat(text, format)) return;
  findings.errors.push(invalidType(path, text, `${path} in body must be of type ${format}: ${quoteGo(text)}`));
}

function checkLengthAndPattern(findings: Findings, text: string, schema: StructuralSchema, path: string): void {
  const { maxLength, minLength, pattern } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : runeCount(text);
  if (maxLength !== undefined && length > maxLength) findings.errors.push(fieldTooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) {
    findings.errors.push(invalidField(path, text, `${path} in body should be at least ${minLength} chars long`));
  } else if (pattern !== undefined && pattern !== '' && !matches(text, pattern)) {
    findings.errors.push(invalidField(path, text, `${path} in body should match '${pattern}'`));
  }
}

export function checkNumber(findings: Findings, value: number, schema: StructuralSchema, path: string): void {
  findings.checks += 1;
  checkRange(findings, value, schema, path);
  const { multipleOf, minimum, maximum } = schema;
  const refuse = (rule: string) => findings.errors.push(invalidField(path, value, `${path} in body should be ${rule}`));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) refuse(`a multiple of ${multipleOf}`);
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true && value <= minimum) refuse(`greater than ${minimum}`);
    else if (value < minimum) refuse(`greater than or equal to ${minimum}`);
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true && value >= maximum) refuse(`less than ${maximum}`);
    else if (value > maximum) refuse(`less than or equal to ${maximum}`);
  }
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

/** Whether an integer is one, and fits its format. Kubernetes tells of it without a field. */
function checkRange(findings: Findings, value: number, schema: StructuralSchema, path: string): void {
  if (schema.type !== 'integer') return;
  const format = schema.format ?? '';
  const [least, most] = ranges[format] ?? (ranges.int64 as readonly [number, number]);
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const kind = format === '' ? '(default format)' : `with format ${format}`;
  findings.errors.push(invalidField('<nil>', '', `Checked value must be of type integer ${kind} in ${path}`));
}

function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
