import { AUTHORITATIVE_ANSWER, type Packet, type Question, type Record } from 'dns-packet';
import type { NameRecords, Zone } from './zone.ts';

export const ttlSeconds = 5;
const nameError = 3;

export interface Answer {
  /** AUTHORITATIVE_ANSWER, and the response code in the lowest four bits. */
  flags: number;
  answers: Record[];
  authorities: Record[];
  additionals: Record[];
  /** The name that the answers point to and that others must be asked for. */
  unresolved?: string;
}

/**
 * The answer that the instance's own records give; undefined when others must be asked. A name without records of the
 * type asked for gives no answers but no error either; one that does not exist gives NXDOMAIN; both carry the zone's SOA
 * (RFC 2308).
 */
export function answerFromZone(zone: Zone, question: Question): Answer | undefined {
  const name = question.name.toLowerCase();
  const suffix = zone.findZone(name);
  if (suffix === undefined) return undefined;
  const records = zone.find(name);
  const answers = records === undefined ? [] : renderAnswers(question, records);
  const answer: Answer = { flags: AUTHORITATIVE_ANSWER, answers, authorities: [], additionals: [] };
  if (records?.cname !== undefined && question.type !== 'CNAME') return follow(zone, question, records.cname, answer);
  if (name === suffix && question.type === 'SOA') answers.push(soa(suffix));
  else if (name === suffix && question.type === 'NS') answers.push(record(question.name, 'NS', `ns.dns.${suffix}`));
  if (answers.length === 0) {
    answer.authorities.push(soa(suffix));
    if (records === undefined && !zone.isAbove(name)) answer.flags |= nameError;
  }
  for (const { target } of records?.srv ?? [])
    if (question.type === 'SRV') answer.additionals.push(...renderAddresses(target, zone.find(target)));
  return answer;
}

/** The target of an alias answers within its zone, or must be asked of others. */
function follow(zone: Zone, question: Question, target: string, answer: Answer): Answer {
  const next = zone.find(target);
  if (next === undefined) return { ...answer, unresolved: target };
  return { ...answer, answers: [...answer.answers, ...renderAnswers({ ...question, name: target }, next)] };
}

function renderAnswers({ name, type }: Question, records: NameRecords): Record[] {
  if (records.cname !== undefined) return [record(name, 'CNAME', records.cname)];
  const all = type === 'ANY';
  const answers: Record[] = [];
  if (all || type === 'A') answers.push(...renderAddresses(name, records));
  if (all || type === 'PTR') answers.push(...(records.ptr ?? []).map((target) => record(name, 'PTR', target)));
  if ((all || type === 'TXT') && records.txt !== undefined) answers.push(record(name, 'TXT', [records.txt]));
  if (all || type === 'SRV') {
    const weight = Math.max(1, Math.floor(100 / (records.srv?.length ?? 1)));
    answers.push(...(records.srv ?? []).map((target) => record(name, 'SRV', { priority: 0, weight, ...target })));
  }
  return answers;
}

/** In an order that changes, so that clients which take the first spread over all. */
function renderAddresses(name: string, records: NameRecords | undefined): Record[] {
  const addresses = records?.a ?? [];
  const start = Math.floor(Math.random() * addresses.length);
  return [...addresses.slice(start), ...addresses.slice(0, start)].map((address) => record(name, 'A', address));
}

function record(name: string, type: string, data: unknown): Record {
  return { name, type, ttl: ttlSeconds, class: 'IN', data };
}

function soa(zone: string): Record {
  return record(zone, 'SOA', {
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttlSeconds,
  });
}

/** Whether a packet is one question that can be answered here. */
export function findQuestion(query: Packet): Question | undefined {
  return query.type === 'query' && query.opcode === 'QUERY' && query.questions?.length === 1
    ? query.questions[0]
    : undefined;
}
