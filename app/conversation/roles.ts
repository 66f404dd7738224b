import type { Participant, Role, Transcript, Turn } from "./conversation.ts";
import { findPrompts, plain } from "./roles-ivr.ts";

/*
 * Who is the agent and who is the customer. Channels and diarization tell voices apart, not what they are here for:
 * that shows in what they say. Each cue is a phrase with a weight; what a voice gathers is its lean towards the agent.
 */

/** What is known of a recording beside its words. */
export interface RoleHints {
  /** The file's name; `_AGENT_name_` and `_CUST_name_` name the people (the file names of Amazon's post call analytics). */
  readonly fileName?: string;
  /** The agent's name where something surer than the file's name tells it. */
  readonly agentName?: string;
  /** The channel the telephone system writes its own side to. */
  readonly agentChannel?: number;
  /** Participants whose voice was the telephone menu's in earlier calls, by id. */
  readonly promptVoices?: readonly string[];
}

/** A doubt about roles that somebody else has given. */
export interface RoleDoubt {
  /** The participant called agent, and the one called customer. */
  readonly agentId: string;
  readonly customerId: string;
  /** How sure it is that the two are the wrong way round, 0.5 to 1. */
  readonly confidence: number;
}

interface Cue {
  readonly pattern: RegExp;
  /** Positive leans to the agent, negative to the customer. In units of log odds, set by hand. */
  readonly weight: number;
  /** Counts only in what a voice says first. */
  readonly opening?: boolean;
}

const cues: readonly Cue[] = [
  {
    pattern:
      /\b(?:thank you|thanks) for (?:calling|contacting|phoning|ringing|choosing|holding|your patience|reaching out|your call)\b/u,
    weight: 3,
  },
  { pattern: /\bhow (?:can|may|could) i (?:help|assist|be of)\b/u, weight: 3 },
  { pattern: /\bwhat can i (?:do|help)\b.{0,20}\b(?:you|with)\b/u, weight: 2.5 },
  {
    pattern:
      /\b(?:this|the|your) (?:call|line|conversation) (?:is|may be|will be|might be|could be)(?: being)? (?:recorded|monitored)\b/u,
    weight: 3,
  },
  {
    pattern: /\b(?:is there )?any ?thing else (?:that )?(?:i can|you (?:want|need|would like|d like)|we can|today)\b/u,
    weight: 2.5,
  },
  { pattern: /\b(?:you are|you re|you have come) through to\b/u, weight: 3 },
  {
    pattern: /^(?:(?:good (?:morning|afternoon|evening)|hello|hi|welcome)\b.{0,40}\b)?(?:\w+ )?speaking\b/u,
    weight: 1.5,
    opening: true,
  },
  { pattern: /\bwelcome to\b/u, weight: 2, opening: true },
  {
    pattern:
      /\b(?:can|may|could) (?:i|you) (?:just )?(?:take|have|get|confirm|give me|verify|tell me|spell|read me|please (?:confirm|verify))\b.{0,40}\b(?:name|date of birth|postcode|zip|address|number|digits|account|password|email|security)\b/u,
    weight: 2,
  },
  { pattern: /\b(?:for security|verify your identity|passed security|security questions?)\b/u, weight: 2 },
  {
    pattern:
      /\b(?:bear with me|one moment please|(?:do|would) you mind holding|please (?:hold|stay on the line)|let me (?:check|look|pull|see what i can|just check|transfer)|i(?: am|m|ll| will)(?: just)? (?:loading|pull(?:ing)? up|transfer|put you through|check(?:ing)? (?:that|this|for)))\b/u,
    weight: 1.5,
  },
  {
    pattern:
      /\bi (?:do )?(?:can|could|would|ll|will|want me to|have) (?:\w+ )?(?:refund|credit|offer|transfer|apply|arrange|process|book|waive|send you|order(?:ed)?|block(?:ed)?)\b/u,
    weight: 1.2,
  },
  { pattern: /\bdo you want me to\b|\bwould you like me to\b/u, weight: 2 },
  {
    pattern: /\b(?:i (?:do )?apologi[sz]e|sorry (?:to hear|about that|for (?:the|any) inconvenience)|completely understand)\b/u,
    weight: 1.2,
  },
  {
    pattern:
      /\b(?:your|the) (?:account|policy|order|card|payment|booking|appointment) (?:has been|will be|is now|was)\b|\byour (?:new|monthly|reference)\b/u,
    weight: 0.8,
  },
  { pattern: /\b(?:as i can see|i can see (?:that|here|from)|i (?:saw|see) that you)\b/u, weight: 1.2 },
  { pattern: /\bhave a (?:lovely|nice|great|good|wonderful) (?:day|evening|weekend|one)\b/u, weight: 0.6 },
  {
    pattern: /\b(?:please (?:remember|make sure|do not|don t)|make sure (?:that )?you|you can also|(?:don t|do not) try to)\b/u,
    weight: 0.8,
  },
  { pattern: /\b(?:remember to |please |to )?book (?:a|your) (?:call|appointment) with (?:me|us)\b/u, weight: 1.5 },
  {
    pattern: /\bwhat (?:seems to be|is) the (?:problem|issue|trouble)\b|\bwhat happened\b|\bsince (?:how long|when) have you\b/u,
    weight: 1,
  },

  {
    pattern: /\bi(?: am|m) (?:calling|phoning|ringing|contacting you|getting in touch) (?:about|because|to|regarding|for)\b/u,
    weight: -2.5,
  },
  {
    pattern:
      /\bi (?:would like|d like|want|need|wanted|was hoping|was wondering) (?:to (?:know|make|speak|cancel|pay|change|return|book|report|ask|complain|talk)|some help|a refund|my money)\b/u,
    weight: -2,
  },
  { pattern: /\b(?:speak|talk) to (?:your|a|the) (?:manager|supervisor)\b/u, weight: -3 },
  {
    pattern:
      /\b(?:this is|it s) (?:ridiculous|unacceptable|outrageous|a joke)\b|\bi(?: have|ve) been (?:waiting|on hold)\b|\bi(?: am|m) (?:not happy|very unhappy|fed up)\b/u,
    weight: -2,
  },
  {
    pattern:
      /\bmy (?:card|account|bill|statement|order|policy|booking|phone|internet|password|date of birth|postcode|surname|address|debit card|credit card|number|reference|delivery|package|card number)\b/u,
    weight: -0.8,
  },
  { pattern: /\bi was born\b|\bthat i do(?: not|n t) recogni[sz]e\b|\bwithout my permission\b/u, weight: -2 },
  { pattern: /\bwhy (?:has|have|was|did|is) my\b|\bhow long will it take\b/u, weight: -1.5 },
  { pattern: /\b(?:that is|that s) (?:everything|all)(?: for today| thank| thanks)?\b/u, weight: -1.2 },
  { pattern: /\bcan you (?:help|tell me why|explain|sort)\b|\bi have a (?:question|problem|complaint)\b/u, weight: -1.5 },
];

/** A cue said over and over is not proof over and over. */
const mostOfOneCue = 2;
/** Least gathered evidence, in log odds, for giving roles at all. */
const leastEvidence = 0.5;
/** What the hints weigh. */
const channelWeight = 3;
const nameWeight = 1.5;
/** Who is called speaks first: a habit, not a rule. */
const firstWeight = 0.4;

/** A voice that is no side of its own leans to the agent by so much, over several phrases, to be a second agent: in log odds. */
const secondAgent = 4;

/**
 * Gives `ivr` to the voice of a telephone menu, and `agent` and `customer` to the two sides that speak most, with how sure
 * that is (0.5 to 0.99), and `other` to the rest. A side is a channel where the channels tell voices apart, else a voice:
 * whoever speaks on the agent's channel is an agent, also after a transfer; on the customer's it is the voice that speaks
 * most. In a mix a further voice that clearly speaks as an agent is one.
 *
 * Roles that the source or a person said (`roleConfidence` null and a role other than `other`) are never touched;
 * with one of the two given, the other voice gets the role that is left. Where nothing speaks for either, the two stay
 * as they were, `other` if nobody guessed before: no words and no hints are no evidence. A voice that stands for all who
 * speak, because they could not be told apart, is neither side.
 */
export function assignRoles(transcript: Transcript, hints: RoleHints): Transcript {
  if (transcript.shortfalls.some((shortfall) => shortfall.lacks === "speakers")) return transcript;
  const names = namesIn(hints);
  const given = (role: Role) =>
    transcript.participants.find((participant) => participant.role === role && participant.roleConfidence === null);
  const agent = given("agent");
  const customer = given("customer");
  const prompts = findPrompts(transcript, hints.promptVoices);
  const undecided = transcript.participants.filter(
    (participant) => !prompts.has(participant.id) && (participant.roleConfidence !== null || participant.role === "other"),
  );
  const sides = sidesOf(undecided, talkOf(transcript.turns));
  const roles = new Map<string, { role: Role; confidence: number | null }>();
  for (const [id, confidence] of prompts) roles.set(id, { role: "ivr", confidence });
  const speakers = new Set(sides.flatMap((side) => side.slice(0, 1)));
  for (const { id } of undecided) if (!speakers.has(id)) roles.set(id, { role: "other", confidence: null });

  const [first, second] = sides;
  const give = (side: readonly string[], role: Role, confidence: number) => {
    for (const id of role === "agent" ? side : side.slice(0, 1)) roles.set(id, { role, confidence });
  };
  if (agent !== undefined || customer !== undefined) {
    if (first !== undefined && (agent === undefined || customer === undefined))
      give(first, agent === undefined ? "agent" : "customer", sides.length === 1 ? 0.95 : 0.7);
  } else if (first !== undefined) {
    const lean = leanings(transcript, hints);
    const leanOf = (side: readonly string[]) => side.reduce((sum, id) => sum + (lean.get(id) ?? 0), 0);
    const balance = second === undefined ? leanOf(first) : leanOf(first) - leanOf(second);
    if (Math.abs(balance) >= leastEvidence) {
      const confidence = certainty(balance);
      give(first, balance > 0 ? "agent" : "customer", confidence);
      if (second !== undefined) give(second, balance > 0 ? "customer" : "agent", confidence);
      for (const { id } of undecided) {
        const own = lean.get(id) ?? 0;
        if (!sides.some((side) => side.includes(id)) && own >= secondAgent)
          roles.set(id, { role: "agent", confidence: Math.min(confidence, certainty(own)) });
      }
    }
  }
  const participants = transcript.participants.map((participant) => withRole(participant, roles.get(participant.id)));
  // Of several agents the file's name means the one that took the call.
  const taking = (role: Role) => {
    const ids = participants.filter((participant) => participant.role === role).map(({ id }) => id);
    return transcript.turns.find(({ participantId }) => ids.includes(participantId))?.participantId ?? ids[0];
  };
  const meant = [taking("agent"), taking("customer")];
  return {
    ...transcript,
    participants: participants.map((participant) => (meant.includes(participant.id) ? named(participant, names) : participant)),
  };
}

/**
 * The two sides that talk most, as ids, the voice that talks most first: channels where every voice is on one and there are
 * several, else voices. Music and a stray voice on the line talk least.
 */
function sidesOf(undecided: readonly Participant[], talk: ReadonlyMap<string, number>): string[][] {
  const talkOfOne = ({ id }: Participant) => talk.get(id) ?? 0;
  const channels = new Set(undecided.map(({ channel }) => channel));
  const byChannel = channels.size > 1 && !channels.has(null);
  const groups = [...Map.groupBy(undecided, ({ id, channel }) => (byChannel ? channel : id)).values()].map((side) =>
    side.toSorted((a, b) => talkOfOne(b) - talkOfOne(a)),
  );
  const talkOfAll = (side: readonly Participant[]) => side.reduce((sum, one) => sum + talkOfOne(one), 0);
  return groups
    .toSorted((a, b) => talkOfAll(b) - talkOfAll(a))
    .slice(0, 2)
    .map((side) => side.map(({ id }) => id));
}

/**
 * Whether the roles a source gave are probably the wrong way round: what "agent" says sounds like a customer and the
 * other way about. Null where the words bear the roles out, or say too little.
 */
export function findSwappedRoles(transcript: Transcript): RoleDoubt | null {
  const agent = transcript.participants.find((participant) => participant.role === "agent");
  const customer = transcript.participants.find((participant) => participant.role === "customer");
  if (agent === undefined || customer === undefined) return null;
  const lean = leanings(transcript, {});
  const balance = (lean.get(agent.id) ?? 0) - (lean.get(customer.id) ?? 0);
  // Stronger than for a free choice: the source may have known.
  if (balance > -2) return null;
  return { agentId: agent.id, customerId: customer.id, confidence: certainty(balance) };
}

/** Exchanges agent and customer where the words say with at least 0.9 that they are the wrong way round. */
export function correctSwappedRoles(transcript: Transcript): Transcript {
  const doubt = findSwappedRoles(transcript);
  if (doubt === null || doubt.confidence < 0.9) return transcript;
  return {
    ...transcript,
    participants: transcript.participants.map((participant) => {
      if (participant.id === doubt.agentId) return { ...participant, role: "customer", roleConfidence: doubt.confidence };
      if (participant.id === doubt.customerId) return { ...participant, role: "agent", roleConfidence: doubt.confidence };
      return participant;
    }),
  };
}

/** The names of agent and customer in a file's name; null where it gives none. */
export function namesInFileName(fileName: string): { readonly agent: string | null; readonly customer: string | null } {
  const find = (tag: string): string | null => {
    // The closing underscore of Amazon's pattern is missing in a name that ends there, and in some shipped samples.
    const name = new RegExp(`(?:^|_)${tag}_([^_.]{1,80})(?:[_.]|$)`, "iu").exec(fileName)?.[1];
    return name === undefined || name === "None" ? null : name;
  };
  return { agent: find("AGENT"), customer: find("CUST(?:OMER)?") };
}

function namesIn({ fileName, agentName }: RoleHints): ReturnType<typeof namesInFileName> {
  const names = namesInFileName(fileName ?? "");
  return { ...names, agent: agentName ?? names.agent };
}

/** How far each participant leans to being the agent, in log odds. */
function leanings(transcript: Transcript, hints: RoleHints): Map<string, number> {
  const lean = new Map<string, number>(transcript.participants.map(({ id }) => [id, 0]));
  const add = (id: string, weight: number) => lean.set(id, (lean.get(id) ?? 0) + weight);
  const { agent: agentName } = namesIn(hints);
  const counts = new Map<string, number>();
  const spoken = new Map<string, number>();
  let questions = 0;
  const asked = new Map<string, number>();
  for (const turn of transcript.turns) {
    const text = plain(turn.text);
    if (text === "") continue;
    const before = spoken.get(turn.participantId) ?? 0;
    spoken.set(turn.participantId, before + 1);
    for (const [index, cue] of cues.entries()) {
      if (cue.opening === true && before > 0) continue;
      if (!cue.pattern.test(text)) continue;
      const key = `${index} ${turn.participantId}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      if (count < mostOfOneCue) add(turn.participantId, count === 0 ? cue.weight : cue.weight / 2);
    }
    if (agentName !== null && before === 0 && says(text, agentName)) add(turn.participantId, nameWeight);
    const marks = turn.text.split("?").length - 1;
    questions += marks;
    asked.set(turn.participantId, (asked.get(turn.participantId) ?? 0) + marks);
  }
  // Who asks most leads the conversation, and leading is the agent's part.
  if (questions >= 4) for (const [id, count] of asked) add(id, count / questions > 0.65 ? 0.8 : 0);
  const opener = transcript.turns.find((turn) => plain(turn.text) !== "");
  if (opener !== undefined) add(opener.participantId, firstWeight);
  if (hints.agentChannel !== undefined) {
    for (const { id, channel } of transcript.participants) {
      if (channel !== null) add(id, channel === hints.agentChannel ? channelWeight / 2 : -channelWeight / 2);
    }
  }
  return lean;
}

/** Whether a greeting names the agent of a file name such as ChrisL: "Chris" is said, "ChrisL" is not. */
function says(text: string, name: string): boolean {
  const first = /^\p{Lu}?\p{Ll}+/u.exec(name)?.[0]?.toLowerCase();
  return first !== undefined && first.length >= 3 && ` ${text} `.includes(` ${first} `);
}

function withRole(participant: Participant, decided: { role: Role; confidence: number | null } | undefined): Participant {
  return decided === undefined ? participant : { ...participant, role: decided.role, roleConfidence: decided.confidence };
}

function named(participant: Participant, names: { agent: string | null; customer: string | null }): Participant {
  if (participant.name !== null) return participant;
  const name = participant.role === "agent" ? names.agent : participant.role === "customer" ? names.customer : null;
  return name === null ? participant : { ...participant, name };
}

function talkOf(turns: readonly Turn[]): Map<string, number> {
  const talk = new Map<string, number>();
  for (const turn of turns)
    talk.set(turn.participantId, (talk.get(turn.participantId) ?? 0) + Math.max(1, turn.endMs - turn.startMs));
  return talk;
}

/** Logistic of the balance, flattened because cues go together, and kept off certainty: phrases are never proof. */
function certainty(balance: number): number {
  return Math.min(0.99, 1 / (1 + Math.exp(-Math.abs(balance) * 0.6)));
}
