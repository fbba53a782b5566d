import { type FieldError, invalidField } from '@croft/api/field-error';

/** A path below some folder: relative, and without `..`. */
export function checkLocalPath(path: string, value: string): FieldError[] {
  const errors = value.startsWith('/') ? [invalidField(path, value, 'must be a relative path')] : [];
  return [...errors, ...checkNoBacksteps(path, value)];
}

export function checkNoBacksteps(path: string, value: string): FieldError[] {
  return value.split('/').includes('..') ? [invalidField(path, value, "must not contain '..'")] : [];
}

/** As checkLocalPath, and no name that begins with `..`, which is kept for the volume's own files. */
export function checkLocalFile(path: string, value: string): FieldError[] {
  const errors = checkLocalPath(path, value);
  const reserved = value.startsWith('..') && !value.startsWith('../');
  return reserved ? [...errors, invalidField(path, value, "must not start with '..'")] : errors;
}
