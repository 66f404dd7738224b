import type { Participant, Transcript, Turn } from "./conversation.ts";

/*
 * Which voice is the telephone menu's and not a person's. A prompt shows in what it says ("press one", "para español"), in
 * when it says it (before anybody else on its side), in keys pressed in answer to it, and in being the voice that earlier
 * calls had as their prompt. A person who greets with the same words goes on to talk with the caller; a prompt does not.
 */

/** How sure a voice is a prompt, by participant id: those alone that are. */
export type Prompts = ReadonlyMap<string, number>;

/** In units of log odds, set by hand. */
const promptCues: readonly { readonly pattern: RegExp; readonly weight: number }[] = [
  {
    pattern: /\b(?:press|dial|push|touch) (?:\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash)\b/u,
    weight: 3,
  },
  {
    pattern: /\b(?:para (?:español|espanol|continuar en)|oprima|marque el|pulse el|pour le français|appuyez sur|drücken sie)\b/u,
    weight: 3,
  },
  { pattern: /\b(?:followed by|then press) (?:the )?(?:pound|hash|star)(?: (?:key|sign))?\b/u, weight: 3 },
  {
    pattern: /\b(?:please )?(?:say or enter|enter or say|enter your|key in your|using your (?:telephone )?keypad)\b/u,
    weight: 2,
  },
  {
    pattern:
      /\b(?:menu|options) (?:options )?(?:have|has) (?:recently )?changed\b|\blisten carefully\b|\bfollowing (?:menu|options)\b|\bmain menu\b/u,
    weight: 3,
  },
  { pattern: /\byour call (?:is important to us|will be answered)\b/u, weight: 2.5 },
  {
    pattern:
      /\b(?:all|our) (?:of our )?(?:\w+ )?(?:agents|representatives|advisors|advisers|operators|lines|associates) are (?:currently |still )?(?:busy|assisting|helping|unavailable)\b/u,
    weight: 3,
  },
  { pattern: /\bnext available (?:agent|representative|advisor|adviser|operator|associate|team member)\b/u, weight: 2.5 },
  {
    pattern: /\byou are (?:now )?(?:number|caller|position) \w+ in (?:the|our) queue\b|\bestimated wait(?:ing)? time\b/u,
    weight: 3,
  },
  {
    pattern: /\bif you (?:know|would like to speak to|have) (?:your party s|the) extension\b|\bplease leave a message after\b/u,
    weight: 3,
  },
  {
    pattern:
      /\b(?:calls?|conversations?) (?:may|will|might|could) be (?:recorded|monitored)\b|\b(?:office|opening|business) hours\b/u,
    weight: 1,
  },
];
/** What a person says and a prompt does not. */
const personCues =
  /\b(?:my name is|this is \w+ speaking|how (?:can|may) i help|i m|i ve|i ll|let me|bear with me|can i (?:take|have|get))\b/u;
const personWeight = -2;
/** A cue said over and over counts so many times. */
const mostOfOneCue = 2;
/** It speaks before anybody else on its side. */
const beginsWeight = 1;
/** Keys are pressed while it speaks or soon after. */
const keysWeight = 2;
/** Keys answer a prompt within this. */
const answerMs = 10_000;
/** Earlier calls had the same voice as their prompt. */
const earlierWeight = 4;
/** Least evidence, in log odds. */
const leastEvidence = 2.5;
/** What a voice says up to its last cue is at least this share of all it says: after the menu a prompt has little to say. */
const leastShare = 0.5;

/**
 * The voices that are prompts of a telephone menu or a queue. Nobody whose role the source or a person said is one of them.
 *
 * @param heardBefore ids of the participants whose voice was the prompt of earlier calls, where somebody compares them.
 */
export function findPrompts(transcript: Transcript, heardBefore: readonly string[] = []): Prompts {
  const prompts = new Map<string, number>();
  for (const participant of transcript.participants) {
    if (participant.role !== "other" && participant.roleConfidence === null) continue;
    const evidence = evidenceFor(participant, transcript, heardBefore.includes(participant.id));
    if (evidence >= leastEvidence) prompts.set(participant.id, Math.min(0.99, 1 / (1 + Math.exp(-0.6 * evidence))));
  }
  return prompts;
}

function evidenceFor(participant: Participant, { turns, participants, sounds = [] }: Transcript, heardBefore: boolean): number {
  const own = turns.filter(({ participantId }) => participantId === participant.id);
  if (own.length === 0) return 0;
  let evidence = heardBefore ? earlierWeight : 0;
  let cued = heardBefore;
  let lastCue = -1;
  const counts = promptCues.map(() => 0);
  for (const [index, turn] of own.entries()) {
    const text = plain(turn.text);
    for (const [cue, { pattern, weight }] of promptCues.entries()) {
      if (!pattern.test(text)) continue;
      lastCue = index;
      const before = counts[cue] as number;
      counts[cue] = before + 1;
      if (before < mostOfOneCue) evidence += before === 0 ? weight : weight / 2;
      cued ||= weight >= 2;
    }
    if (personCues.test(text)) evidence += personWeight;
  }
  // Neither its place in the call nor keys make a prompt of a voice that says nothing like one.
  if (!cued) return 0;
  if (!heardBefore && lengthOf(own.slice(0, lastCue + 1)) < leastShare * lengthOf(own)) return 0;
  const others = turns.filter((turn) => turn.participantId !== participant.id && isBeside(turn, participant, participants));
  const [first] = own;
  if (first !== undefined && others.every(({ startMs }) => startMs >= first.endMs)) evidence += beginsWeight;
  const answered = sounds.some(
    ({ kind, startMs }) => kind === "dtmf" && own.some((turn) => startMs >= turn.startMs && startMs <= turn.endMs + answerMs),
  );
  return answered ? evidence + keysWeight : evidence;
}

/** Whether a turn is on the same side: on the same channel, or anywhere where the channels do not tell. */
function isBeside(turn: Turn, { channel }: Participant, participants: readonly Participant[]): boolean {
  const theirs = participants.find(({ id }) => id === turn.participantId)?.channel ?? null;
  return channel === null || theirs === null || theirs === channel;
}

function lengthOf(turns: readonly Turn[]): number {
  return turns.reduce((sum, { startMs, endMs }) => sum + Math.max(1, endMs - startMs), 0);
}

/** Lower case, without punctuation, single spaces: what the cues of roles are written against. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{Nd}]+/gu, " ")
    .trim();
}
