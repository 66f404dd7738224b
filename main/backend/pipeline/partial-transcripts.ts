import type { PartialTranscript } from "../../../app/contract/views.ts";
import type { Participant, Turn } from "../../../app/conversation/conversation.ts";
import type { HeardSoFar } from "../../../app/conversation/speech.ts";
import { redactProvisional } from "../../../app/insight/provisional.ts";
import { defaultRedactionPolicy, type RedactionPolicy } from "../../../app/insight/redaction-policy.ts";

/** What has been heard of the calls that are being heard, in memory alone. */
export interface PartialTranscripts {
  /** Begins a call; what is heard of it is given to the function that comes back. */
  begin(conversationId: string, participants: readonly Participant[]): (heard: HeardSoFar) => void;
  /** The last that was told of a call; null when it is not being heard, or nothing has been heard of it yet. */
  get(conversationId: string): PartialTranscript | null;
  /** Ends a call: from now on its transcript speaks for it, or nothing does. */
  end(conversationId: string): void;
}

/** What is told: the turns from index `from` on stand in place of those told before. */
export type PartialTold = PartialTranscript & { readonly from: number };

/** Pages are told at most this often, in milliseconds. */
const tellEveryMs = 1_000;
/** Turns before the first new one that are read again for redaction: what is said may tell what a number before it was. */
const readAgain = 60;

interface Call {
  readonly participants: readonly Participant[];
  /** As heard: never shown. */
  heard: Turn[];
  /** As told: redacted. */
  told: Turn[];
  untilMs: number;
  /** The first turn that is not told as it was heard last. */
  changedFrom: number;
  toldAt: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Keeps what is being heard and tells pages of it, redacted, about once a second. Nothing of it is written anywhere.
 *
 * @param tell told of turns that are new or have changed.
 */
export function createPartialTranscripts(
  tell: (conversationId: string, told: PartialTold) => void,
  everyMs = tellEveryMs,
  policy: () => RedactionPolicy = () => defaultRedactionPolicy,
): PartialTranscripts {
  const calls = new Map<string, Call>();

  const tellNow = (conversationId: string, call: Call): void => {
    call.timer = undefined;
    call.toldAt = Date.now();
    const first = Math.max(0, call.changedFrom - readAgain);
    const shown = [...call.told.slice(0, first), ...redactProvisional(call.heard.slice(first), policy())];
    let from = first;
    while (from < shown.length && same(shown[from], call.told[from])) from++;
    call.told = shown;
    call.changedFrom = call.heard.length;
    tell(conversationId, { from, turns: shown.slice(from), participants: [...call.participants], untilMs: call.untilMs });
  };

  const end = (conversationId: string): void => {
    clearTimeout(calls.get(conversationId)?.timer);
    calls.delete(conversationId);
  };

  return {
    begin(conversationId, participants) {
      end(conversationId);
      const call: Call = { participants, heard: [], told: [], untilMs: 0, changedFrom: 0, toldAt: 0, timer: undefined };
      calls.set(conversationId, call);
      return ({ from, turns, untilMs }) => {
        if (calls.get(conversationId) !== call) return;
        call.heard = [...call.heard.slice(0, from), ...turns];
        call.untilMs = untilMs;
        call.changedFrom = Math.min(call.changedFrom, from);
        if (call.timer !== undefined) return;
        const wait = call.toldAt + everyMs - Date.now();
        if (wait <= 0) tellNow(conversationId, call);
        else call.timer = setTimeout(() => tellNow(conversationId, call), wait).unref();
      };
    },
    get(conversationId) {
      const call = calls.get(conversationId);
      if (call === undefined || call.told.length === 0) return null;
      return { participants: [...call.participants], turns: [...call.told], untilMs: call.untilMs };
    },
    end,
  };
}

function same(a: Turn | undefined, b: Turn | undefined): boolean {
  return a !== undefined && b !== undefined && a.id === b.id && a.text === b.text && a.words.length === b.words.length;
}
