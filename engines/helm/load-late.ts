// What takes as long to load as a chart to render is loaded when it is first used: many charts never need it.

const load = (name: string): unknown => process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);

export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');
export const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');
export const net = (): typeof import('node:net') => process.getBuiltinModule('node:net');
/** Regular expressions as Go's. */
export const re2 = () => (load('re2js') as typeof import('re2js')).RE2JS;
export const bcrypt = () => load('bcryptjs') as typeof import('bcryptjs');
