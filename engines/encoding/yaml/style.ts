import { isBlankOrEnd, isBreak, SPACE, TAB } from './chars.ts';

/** What libyaml's emitter finds out about a text before it chooses how to write it. */
export interface ScalarAnalysis {
  multiline: boolean;
  plainAllowed: boolean;
  singleQuotedAllowed: boolean;
  blockAllowed: boolean;
}

/** Texts that need no look: letters and digits with harmless marks between them. */
const simple = /^[A-Za-z0-9_/.][A-Za-z0-9_/.=+-]*$/;
const simpleAnalysis: ScalarAnalysis = {
  multiline: false,
  plainAllowed: true,
  singleQuotedAllowed: true,
  blockAllowed: true,
};

export function isPrintable(code: number): boolean {
  return (
    code === 10 ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

/** `tabsInBlocks`: go-yaml v3 lets tabs stand in literal blocks. */
export function analyzeScalar(text: string, tabsInBlocks = false): ScalarAnalysis {
  if (simple.test(text) && !text.startsWith('...')) return simpleAnalysis;
  if (text === '') return { multiline: false, plainAllowed: true, singleQuotedAllowed: true, blockAllowed: false };
  let indicators = text.startsWith('---') || text.startsWith('...');
  let special = false;
  let tabs = false;
  let breaks = false;
  let breakSpace = false;
  let spaceBreak = false;
  let previous: 'space' | 'break' | 'other' = 'other';
  let afterBlank = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isIndicator(code, i, afterBlank, text.charCodeAt(i + 1))) indicators = true;
    if (tabsInBlocks && code === TAB) tabs = true;
    else if (!isPrintable(code)) special = true;
    if (code === SPACE) {
      if (previous === 'break') breakSpace = true;
      previous = 'space';
    } else if (isBreak(code)) {
      breaks = true;
      if (previous === 'space') spaceBreak = true;
      previous = 'break';
    } else {
      previous = 'other';
    }
    afterBlank = isBlankOrEnd(code);
  }
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  const padded = first === SPACE || isBreak(first) || last === SPACE || isBreak(last);
  const broken = spaceBreak || special;
  return {
    multiline: breaks,
    plainAllowed: !(padded || breakSpace || broken || tabs || breaks || indicators),
    singleQuotedAllowed: !(breakSpace || broken || tabs),
    blockAllowed: !(last === SPACE || broken),
  };
}

function isIndicator(code: number, at: number, afterBlank: boolean, next: number): boolean {
  if (code === 58) return isBlankAhead(next);
  if (at > 0) return code === 35 && afterBlank;
  if (code === 63 || code === 45) return isBlankAhead(next);
  return code < 128 && '#,[]{}&*!|>\'"%@`'.includes(String.fromCharCode(code));
}

function isBlankAhead(code: number): boolean {
  return code === SPACE || code === 9 || Number.isNaN(code);
}
