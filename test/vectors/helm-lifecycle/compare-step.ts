import { type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { firstDifference } from '../suite.ts';
import { differsInError } from '../suites/helm-error.ts';
import { maskJson, maskText, trimTable } from './normalize.ts';
import { describeRequests } from './record-requests.ts';
import type { Outcome } from './run-step.ts';
import type { ExpectedStep, Step } from './scenario.ts';

/** The first difference of how helm ended; undefined when there is none. */
export function compareOutcome(
  step: Step,
  expected: ExpectedStep,
  outcome: Outcome,
  folder: string,
): string | undefined {
  const said = maskText(outcome.stderr, folder);
  const hint = said === '' ? '' : `; stderr: ${said.slice(0, 600)}`;
  if (expected.killed === true)
    return outcome.killed ? compareRequests(expected, outcome) : `helm was not killed${hint}`;
  if (outcome.exitCode !== expected.exitCode) return `exit code ${outcome.exitCode}, not ${expected.exitCode}${hint}`;
  if (expected.error !== undefined) {
    const at = said.indexOf('Error: ');
    const problem = differsInError(expected, at < 0 ? said : said.slice(at).trimEnd());
    if (problem !== undefined) return problem;
  }
  return compareOutput(step, expected, outcome.stdout, folder) ?? compareRequests(expected, outcome);
}

function compareOutput(step: Step, expected: ExpectedStep, stdout: string, folder: string): string | undefined {
  if (step.stdout === 'text') {
    const text = trimTable(maskText(stdout, folder));
    const difference = firstDifference(trimTable(String(expected.stdout ?? '')), text);
    return difference === undefined ? undefined : `stdout: ${difference}`;
  }
  if (step.stdout !== 'json' || expected.stdout === undefined) return undefined;
  const value = maskJson(JSON.parse(stdout) as Json, folder);
  const difference = findDifference(expected.stdout as Json, value, '');
  return difference === undefined ? undefined : `stdout: ${difference}`;
}

function compareRequests({ requests = [] }: ExpectedStep, outcome: Outcome): string | undefined {
  const difference = firstDifference(
    describeRequests(requests).join('\n'),
    describeRequests(outcome.requests).join('\n'),
  );
  return difference === undefined ? undefined : `requests: ${difference}`;
}

/** The first place where two values part. */
export function findDifference(expected: Json | undefined, actual: Json | undefined, path: string): string | undefined {
  if (jsonEqual(expected, actual)) return undefined;
  if (isRecord(expected) && isRecord(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    for (const key of keys) {
      const difference = findDifference(expected[key], actual[key], `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    for (const [index, item] of expected.entries()) {
      const difference = findDifference(item, actual[index], `${path}[${index}]`);
      if (difference !== undefined) return difference;
    }
  }
  if (typeof expected === 'string' && typeof actual === 'string') {
    return `${path}: ${firstDifference(expected, actual)}`;
  }
  return `${path}: expected ${short(expected)}, got ${short(actual)}`;
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}
