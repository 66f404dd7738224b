import type { ProposedNameView } from "../../../app/contract/views.ts";
import type { Participant, Transcript } from "../../../app/conversation/conversation.ts";
import type { SpeechOptions } from "../../../app/conversation/speech.ts";
import { proposeName, spansAlone } from "../../../app/insight/remembered-voices.ts";
import type { Attention } from "../../../app/ports.ts";
import { sameVoiceLikeness } from "../../../native-models/voice-print.ts";
import type { VoicePrinter } from "../speech/client.ts";
import type { Store } from "../store/store.ts";
import type { KeptVoice } from "../store/voices.ts";

/*
 * Agents' voices across calls: off unless a person turns it on, agents alone, gone with the recordings. A print is asked
 * of the engine after it is known who the agent is, so that no customer's voice is ever made into one. Names are worked
 * out when a page asks, from the voices there are at that moment: what is deleted proposes nothing any more.
 */

/**
 * The voices of a call's agents, to be kept with it; none where remembering is off, or the engine cannot tell voices.
 * Rejects with `cancelled` alone: a call is not less heard because a voice could not be remembered.
 */
export async function agentVoices(
  store: Store,
  printer: VoicePrinter,
  conversationId: string,
  transcript: Transcript,
  options: SpeechOptions,
  attention: Attention,
): Promise<KeptVoice[]> {
  const audio = store.media.get(conversationId)?.audio ?? null;
  if (!store.settings.get().voiceMemory || audio === null) return [];
  const [agent, ...further] = transcript.participants.filter(({ role }) => role === "agent");
  // Of a call that was passed on the list knows one agent's name: nobody could say whose it is.
  if (agent === undefined || further.length > 0 || !isSure(agent)) return [];
  const spans = spansAlone(transcript.turns, agent.id, transcript.durationMs);
  const channel = audio.layout === "separate" ? agent.channel : null;
  try {
    const print = await printer.printVoice(audio, { channel, spans }, options, attention);
    return print === null ? [] : [{ participantId: agent.id, ...print }];
  } catch (thrown) {
    if (attention.signal.aborted) throw thrown;
    return [];
  }
}

/** From this certainty on somebody is taken for the agent whose voice is kept: a customer's must not be. */
const sureAgent = 0.7;

function isSure({ roleConfidence }: Participant): boolean {
  return roleConfidence === null || roleConfidence >= sureAgent;
}

/** Forgets the voices of a conversation whose owners a person has found to be no agents. */
export function forgetOthers(store: Store, conversationId: string, participants: readonly Participant[]): void {
  const isAgent = (id: string): boolean => participants.some((one) => one.id === id && one.role === "agent");
  if (store.voices.of(conversationId).some((voice) => !isAgent(voice.participantId))) store.voices.put(conversationId, []);
}

/** Whose voice the nameless agents of a conversation sound like; none where remembering is off. */
export function proposedNames(store: Store, conversationId: string, participants: readonly Participant[]): ProposedNameView[] {
  if (!store.settings.get().voiceMemory) return [];
  return store.voices.of(conversationId).flatMap((voice) => {
    const participant = participants.find(({ id }) => id === voice.participantId);
    // Who has a name has it from a person or from the recording's source.
    if (participant === undefined || participant.role !== "agent" || participant.name !== null) return [];
    const proposed = proposeName(voice, store.voices.all(voice.model), sameVoiceLikeness(voice.model));
    return proposed === null ? [] : [{ participantId: participant.id, ...proposed }];
  });
}

/** Brings what is remembered in line with the setting: turned off, every voice is forgotten. */
export function followVoiceSetting(store: Store): void {
  if (!store.settings.get().voiceMemory) store.voices.clear();
}
