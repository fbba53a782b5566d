/** Forms of SOPS files that are read. A binary file is a JSON object with one encrypted text. */
export type Format = 'yaml' | 'json' | 'dotenv' | 'binary';

/** The form that a file has by its name; binary when the name says nothing. */
export function formatOf(path: string): Format {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  if (path.endsWith('.json')) return 'json';
  if (path.endsWith('.env')) return 'dotenv';
  return 'binary';
}

/** The form of a text that SOPS has encrypted, told by how it writes the MAC. Undefined: it is not encrypted. */
export function detectFormat(text: string): Exclude<Format, 'binary'> | undefined {
  if (/"mac": ?"ENC\[/.test(text)) return 'json';
  if (text.includes('mac: ENC[')) return 'yaml';
  return text.includes('sops_mac=ENC[') ? 'dotenv' : undefined;
}
