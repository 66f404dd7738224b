import type { EventPayload } from "../../app/contract/events.ts";
import type { PartialTranscript } from "../../app/contract/views.ts";

/** What a page knows of a call that is being heard, after it was told of more; null when it has missed some and has to read it. */
export function afterTold(
  known: PartialTranscript | null,
  { from, turns, participants, untilMs }: EventPayload<"conversation.partial">,
): PartialTranscript | null {
  const before = known?.turns ?? [];
  return from > before.length ? null : { participants, untilMs, turns: [...before.slice(0, from), ...turns] };
}
