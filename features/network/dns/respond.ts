import {
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { type Answer, answerFromZone, findQuestion } from './answer.ts';
import { forwardQuery, type Transport } from './forward.ts';
import type { Zone } from './zone.ts';

const formatError = 1;
const serverFailure = 2;
const notImplemented = 4;
/** What goes through every network unsplit (DNS flag day 2020). */
const largestDatagram = 1232;

/** Less than the 5 s after which resolvers give up. */
const awaitMs = 4_000;

export interface Responder {
  zone(): Zone;
  /** Resolves when there is another zone, or after so many milliseconds. */
  changed(withinMs: number): Promise<void>;
  /** Whom to ask for names that are not the instance's own. */
  resolvers(): readonly string[];
}

/** The response to one message; undefined when it deserves none. */
export async function respond(message: Buffer, transport: Transport, source: Responder): Promise<Buffer | undefined> {
  if (message.length < 12) return undefined;
  const query = decodePacket(message);
  if (query === undefined) return encodeError(message, formatError);
  if (query.type !== 'query') return undefined;
  const question = findQuestion(query);
  if (question === undefined) return encodeError(message, notImplemented);
  if (question.type === 'A') await awaitRecords(question.name.toLowerCase(), source);
  const answer = answerFromZone(source.zone(), question);
  if (answer === undefined) {
    return (await forwardQuery(message, source.resolvers(), transport)) ?? encodeError(message, serverFailure);
  }
  if (answer.unresolved !== undefined) await resolveRest(answer, answer.unresolved, question, query, source);
  return encodeAnswer(query, question, answer, transport);
}

/** Lets the front door wait for an application that starts, before it has touched the request. */
async function awaitRecords(name: string, source: Responder): Promise<void> {
  const deadline = performance.now() + awaitMs;
  for (let left = awaitMs; left > 0 && source.zone().isAwaited(name); left = deadline - performance.now())
    await source.changed(left);
}

/** Adds what the resolvers say of the name that an alias points to, so that stub resolvers get an address. */
async function resolveRest(
  answer: Answer,
  name: string,
  question: Question,
  query: Packet,
  source: Responder,
): Promise<void> {
  const next = encode({
    type: 'query',
    id: query.id ?? 0,
    flags: RECURSION_DESIRED,
    questions: [{ ...question, name }],
  });
  const response = await forwardQuery(next, source.resolvers(), 'udp');
  const found = response === undefined ? undefined : decodePacket(response);
  if (found === undefined) answer.flags |= serverFailure;
  else answer.answers.push(...(found.answers ?? []));
}

function encodeAnswer(query: Packet, question: Question, answer: Answer, transport: Transport): Buffer {
  const client = query.additionals?.find(({ type }) => type === 'OPT');
  const options = client === undefined ? [] : [{ name: '.', type: 'OPT', udpPayloadSize: largestDatagram }];
  const packet: Packet = {
    id: query.id ?? 0,
    type: 'response',
    flags: answer.flags | RECURSION_AVAILABLE | ((query.flags ?? 0) & RECURSION_DESIRED),
    questions: [question],
    answers: answer.answers,
    authorities: answer.authorities,
    additionals: [...answer.additionals, ...options],
  };
  const whole = encode(packet);
  const limit = Math.min(largestDatagram, Math.max(512, client?.udpPayloadSize ?? 512));
  if (transport === 'tcp' || whole.length <= limit) return whole;
  const lean = encode({ ...packet, additionals: options });
  if (lean.length <= limit) return lean;
  return encode({ ...packet, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE, answers: [], additionals: options });
}

/** The query's header as a response with this code, and its question when it can be read. */
function encodeError(message: Buffer, code: number): Buffer {
  const questions = decodePacket(message)?.questions ?? [];
  const flags = code | RECURSION_AVAILABLE | (message.readUInt16BE(2) & RECURSION_DESIRED);
  return encode({ id: message.readUInt16BE(0), type: 'response', flags, questions });
}

function decodePacket(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined; // not DNS, or broken: the caller says so to who sent it
  }
}
