import type { CaseResult } from '../suite.ts';
export async function* runTables(_dir: string, _helmVersion: 3 | 4): AsyncIterable<CaseResult> {}
