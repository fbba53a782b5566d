import { goFunction } from '@croft/gotemplate/functions';
import { ANY, STRING } from '@croft/gotemplate/type';
import type { FunctionGroup } from './group.ts';

/** Marks around what `fail` and `required` say, by which the engine finds it in the error around it. */
export const WARNING_START = 'HELM_ERR_START';
export const WARNING_END = 'HELM_ERR_END';

function warning(text: string): Error {
  return new Error(`${WARNING_START}${text}${WARNING_END}`);
}

/** `required` and `fail`; with `lint` they only tell `info`. */
export function flowFunctions(lint: boolean, info: (text: string) => void): FunctionGroup {
  return {
    required: goFunction([STRING, ANY], (text, value) => {
      if (value !== null && value !== '') return value;
      if (!lint) throw warning(text);
      info(`[INFO] Missing required value: ${text}`);
      return '';
    }),
    fail: goFunction([STRING], (text) => {
      if (!lint) throw warning(text);
      info(`[INFO] Fail: ${text}`);
      return '';
    }),
  };
}
