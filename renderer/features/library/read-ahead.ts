import type { CallOutput } from "../../../app/contract/api.ts";
import { keyOf, memory, queryOf } from "../../bridge/index.ts";
import { overviewInput } from "../../ui/overview.ts";

/** So long the keys or the pointer stay on a row before it is read: whoever goes through the list reads none of it. */
const restMs = 60;
/** So long what was read and not opened is remembered: a call of four hours takes megabytes. */
const rememberedMs = 60_000;

let waiting: ReturnType<typeof setTimeout> | undefined;

/**
 * Reads a conversation before it is opened, when its row has been pointed at for a moment, and then what its page asks for
 * besides: opening it waits for nothing. Events keep what was read as true as anything else that the page remembers.
 */
export function readAhead(id: string): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => void read(id), restMs);
}

/** The pointer has left the row again. */
export function stopReadingAhead(): void {
  clearTimeout(waiting);
}

async function read(id: string): Promise<void> {
  const gcTime = rememberedMs;
  await memory.prefetchQuery({ ...queryOf("conversation.get", { id }), gcTime });
  const view = memory.getQueryData<CallOutput<"conversation.get">>(keyOf("conversation.get", { id }));
  if (view === undefined) return;
  const { durationMs } = view.conversation;
  // The sound first: what is looked for in the words takes longest, and the backend answers one after the other.
  if (view.peakChannels > 0 && durationMs > 0) {
    await memory.prefetchQuery({ ...queryOf("conversation.peaks", overviewInput(id, durationMs)), gcTime });
  }
  const of = { conversationId: id };
  await Promise.all([
    memory.prefetchQuery({ ...queryOf("comment.list", of), gcTime }),
    memory.prefetchQuery({ ...queryOf("bookmark.list", of), gcTime }),
    memory.prefetchQuery({ ...queryOf("category.results", of), gcTime }),
  ]);
}
