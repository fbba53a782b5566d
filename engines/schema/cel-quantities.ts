import { compareQuantities, findQuantity, parseQuantity, type Quantity, quantityToNumber } from '@croft/api/quantity';
import type { Environment } from '@marcbachmann/cel-js';

const nanoPerOne = 1_000_000_000n;

/** Held by a class, as CEL tells types by it. */
class CelQuantity {
  readonly value: Quantity;

  constructor(value: Quantity) {
    this.value = value;
  }
}

const name = 'kubernetes.Quantity';

/** Kubernetes' functions on quantities such as `500m` and `2Gi`. */
export function addQuantityFunctions(environment: Environment): void {
  const compare = (left: CelQuantity, right: CelQuantity) => compareQuantities(left.value, right.value);
  environment
    .registerType(name, { ctor: CelQuantity, fields: {} })
    .registerFunction('isQuantity(string): bool', (text: string) => findQuantity(text) !== undefined)
    .registerFunction(`quantity(string): ${name}`, (text: string) => new CelQuantity(parseQuantity(text)))
    .registerFunction(`${name}.isLessThan(${name}): bool`, (left, right) => compare(left, right) < 0)
    .registerFunction(`${name}.isGreaterThan(${name}): bool`, (left, right) => compare(left, right) > 0)
    .registerFunction(`${name}.compareTo(${name}): int`, (left, right) => BigInt(compare(left, right)))
    .registerFunction(`${name}.sign(): int`, ({ value }: CelQuantity) =>
      value.nano === 0n ? 0n : value.nano < 0n ? -1n : 1n,
    )
    .registerFunction(`${name}.isInteger(): bool`, ({ value }: CelQuantity) => value.nano % nanoPerOne === 0n)
    .registerFunction(`${name}.asInteger(): int`, asInteger)
    .registerFunction(`${name}.asApproximateFloat(): double`, ({ value }: CelQuantity) => quantityToNumber(value))
    .registerFunction(`${name}.add(${name}): ${name}`, (left: CelQuantity, right: CelQuantity) =>
      sum(left, right.value.nano),
    )
    .registerFunction(`${name}.add(int): ${name}`, (left: CelQuantity, right: bigint) => sum(left, right * nanoPerOne))
    .registerFunction(`${name}.sub(${name}): ${name}`, (left: CelQuantity, right: CelQuantity) =>
      sum(left, -right.value.nano),
    )
    .registerFunction(`${name}.sub(int): ${name}`, (left: CelQuantity, right: bigint) =>
      sum(left, -right * nanoPerOne),
    );
}

function asInteger({ value }: CelQuantity): bigint {
  if (value.nano % nanoPerOne !== 0n) throw new Error('cannot convert value to integer');
  return value.nano / nanoPerOne;
}

function sum(left: CelQuantity, nano: bigint): CelQuantity {
  return new CelQuantity({ ...left.value, nano: left.value.nano + nano });
}
