import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { afterHearing, type EngineChoice, type PaceSums } from "../../../../app/conversation/engine-choice.ts";
import type { Queue } from "../../pipeline/queue.ts";
import type { Store } from "../../store/store.ts";
import { parseJson } from "../../store/stored-json.ts";

const keptSchema = z.object({
  /** Recordings on their way through SageMaker by the rule's choice, by conversation. */
  away: z.array(z.string()),
  pace: z.object({ workMs: z.number().min(0), soundMs: z.number().min(0) }),
});
type Kept = z.infer<typeof keptSchema>;

/** What the choice of an engine remembers across restarts. */
export interface OffloadMemory {
  /** The choice that was made for a conversation whose hearing has not ended; null when there was none. */
  chosen(conversationId: string): EngineChoice | null;
  /** Keeps a choice until the conversation has been heard. One that sends a recording away outlasts a restart. */
  choose(conversationId: string, choice: EngineChoice): Promise<void>;
  /** Lets go of a choice. */
  settle(conversationId: string): Promise<void>;
  /** Adds what one remote hearing took. */
  heard(workMs: number, soundMs: number): Promise<void>;
  pace(): PaceSums;
}

/** A memory in a file, written whole under another name first; one that cannot be read is begun anew. */
export async function openOffloadMemory(path: string): Promise<OffloadMemory> {
  const read = keptSchema.safeParse(parseJson(await readFile(path, "utf8").catch(() => null)));
  let kept: Kept = read.success ? read.data : { away: [], pace: { workMs: 0, soundMs: 0 } };
  const choices = new Map<string, EngineChoice>(kept.away.map((id) => [id, { place: "sagemaker", reason: "long-queue" }]));
  let last: Promise<void> = Promise.resolve();
  const write = (next: Kept): Promise<void> => {
    kept = next;
    last = last
      .catch(() => undefined)
      .then(async () => {
        const attempt = `${path}.${randomUUID().slice(0, 8)}`;
        await mkdir(dirname(path), { recursive: true });
        try {
          await writeFile(attempt, JSON.stringify(next), { flush: true });
          await rename(attempt, path);
        } catch (thrown) {
          await rm(attempt, { force: true });
          throw thrown;
        }
      });
    return last;
  };
  return {
    chosen: (conversationId) => choices.get(conversationId) ?? null,
    async choose(conversationId, choice) {
      choices.set(conversationId, choice);
      const away = choice.place === "sagemaker" && choice.reason === "long-queue";
      if (away && !kept.away.includes(conversationId)) await write({ ...kept, away: [...kept.away, conversationId] });
    },
    async settle(conversationId) {
      choices.delete(conversationId);
      if (kept.away.includes(conversationId)) {
        await write({ ...kept, away: kept.away.filter((id) => id !== conversationId) });
      }
    },
    heard: (workMs, soundMs) => write({ ...kept, pace: afterHearing(kept.pace, workMs, soundMs) }),
    pace: () => kept.pace,
  };
}

/** The queue lists what runs and waits first: more than these are a long queue by any measure. */
const mostJobsLookedAt = 1_000;

/** Sound of the conversations that this machine has yet to hear, besides one, in milliseconds. */
export function soundWaiting(
  store: Pick<Store, "conversations">,
  queue: Pick<Queue, "list">,
  choices: Pick<OffloadMemory, "chosen">,
  besides: string | null,
): number {
  let waitingMs = 0;
  for (const { conversationId, stages } of queue.list(mostJobsLookedAt)) {
    const open = stages.some(({ name, state }) => name === "recognise" && (state === "waiting" || state === "running"));
    if (!open || conversationId === besides || choices.chosen(conversationId)?.place === "sagemaker") continue;
    waitingMs += store.conversations.get(conversationId)?.durationMs ?? 0;
  }
  return waitingMs;
}
