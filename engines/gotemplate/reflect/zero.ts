import { BYTES, type GoType, STRING } from '../type.ts';
import { GoMap, GoNumber, GoPointer, GoSlice, GoString, GoStruct, NilMap, type Value } from '../value.ts';

/** Whether a type has nil among its values. */
export function canBeNil(type: GoType): boolean {
  return ['ptr', 'map', 'slice', 'func', 'interface'].includes(type.kind);
}

/** reflect.Zero */
export function zeroValue(type: GoType): Value {
  switch (type.kind) {
    case 'string':
      return type === STRING ? '' : new GoString(type, '');
    case 'bool':
      return false;
    case 'int':
      return type.named === true ? new GoNumber(type, 0n) : 0n;
    case 'float64':
      return type.named === true ? new GoNumber(type, 0) : 0;
    case 'float32':
      return new GoNumber(type, 0);
    case 'complex64':
    case 'complex128':
      return new GoNumber(type, { real: 0, imag: 0 });
    case 'map':
      return type.elem?.kind === 'interface' && type.named !== true ? new NilMap() : new GoMap(type, new Map(), true);
    case 'slice':
    case 'array':
      if (type === BYTES) return new Uint8Array();
      return new GoSlice(type, [], type.kind === 'slice');
    case 'ptr':
      return new GoPointer(type, null);
    case 'struct':
      return new GoStruct(type, new Map(type.fields?.map((field) => [field.name, zeroValue(field.type)])));
    case 'interface':
    case 'func':
      return null;
    default:
      return new GoNumber(type, 0n);
  }
}
