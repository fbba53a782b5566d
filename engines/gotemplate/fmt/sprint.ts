import { kindOf, type Value } from '../value.ts';
import { formatFloat } from './float.ts';
import { printOperand } from './print-value.ts';
import { createPrinter } from './printer.ts';

/** What `%v` prints of a value. */
export function display(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return displayFloat(value);
    case 'bigint':
    case 'boolean':
      return String(value);
  }
  const printer = createPrinter();
  printOperand(printer, value, 'v');
  return printer.out;
}

function displayFloat(value: number): string {
  if (Number.isInteger(value) && value > -1e5 && value < 1e5 && !Object.is(value, -0)) return String(value);
  return formatFloat(value, 'g', -1);
}

/** fmt.Sprint: spaces between operands when neither is a string. */
export function sprint(operands: readonly Value[]): string {
  let out = '';
  let afterString = true;
  for (const [i, operand] of operands.entries()) {
    const isString = kindOf(operand) === 'string';
    if (i > 0 && !isString && !afterString) out += ' ';
    out += display(operand);
    afterString = isString;
  }
  return out;
}

/** fmt.Sprintln: spaces between all operands, and a line break at the end. */
export function sprintln(operands: readonly Value[]): string {
  return `${operands.map(display).join(' ')}\n`;
}
