import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { redactFileName } from "../../../app/insight/redaction-file-name.ts";
import { recordingStages } from "../pipeline/stages.ts";
import type { ImportWorld, Source } from "./import.ts";
import { copyIn, type IncomingFile, moveIn, originalPath, whole } from "./originals.ts";
import { isText } from "./text-file.ts";
import { markSettled, markUnsettled } from "./unsettled.ts";

/** Whether a recording can be added: it came as a transcript, and has none yet. */
export function lacksRecording({ store }: Pick<ImportWorld, "store">, conversationId: string): boolean {
  return store.media.get(conversationId)?.recording === null && isTranscript(store, conversationId);
}

function isTranscript(store: ImportWorld["store"], conversationId: string): boolean {
  const job = store.jobs.byConversation(conversationId);
  return job !== null && store.jobs.stage(job.number, "parse") !== null;
}

/**
 * Adds its recording to a conversation that came as a transcript: kept beside the transcript, played, and held against
 * its words. Rejects with `not-found`, `conflict` where it has one, `input-invalid` where it came as a recording,
 * `media-no-audio` for a text, and as `copyIn` does. Either all of it is done, or nothing.
 */
export async function addRecording(
  world: ImportWorld,
  conversationId: string,
  source: Source,
  signal: AbortSignal,
): Promise<void> {
  const { store, paths, queue } = world;
  if (source.kind === "refused") throw new EarmarkError(source.failure.code, source.failure.message, source.failure.details);
  let incoming: IncomingFile | undefined;
  try {
    const record = store.conversations.get(conversationId);
    if (record === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id: conversationId });
    if (!isTranscript(store, conversationId)) {
      throw new EarmarkError("input-invalid", "This conversation came as a recording.", { id: conversationId });
    }
    incoming = source.kind === "path" ? await copyIn(paths, source.path, signal) : source.upload;
    const file = whole(incoming);
    if (await isText(file.path, file.bytes)) {
      throw new EarmarkError("media-no-audio", "This file is text, not sound.", { name: file.name });
    }
    const { sha256 } = record.source;
    await world.oneAtATime(sha256, async () => {
      if (!lacksRecording(world, conversationId)) {
        throw new EarmarkError("conflict", "This conversation has a recording already.", { id: conversationId });
      }
      // Under the transcript's own hash, so that whatever removes the one removes the other.
      const place = join(paths.root, ...originalPath(sha256, file.name).replace(sha256, `${sha256}-recording`).split("/"));
      await markUnsettled(paths, [sha256]);
      try {
        await moveIn(paths, file, place);
        store.transaction(() => {
          store.media.put(conversationId, { recording: { path: place, name: redactFileName(file.name) } });
          store.conversations.update(conversationId, { kind: "call", channel: "voice" });
          store.ledger.append("recording", conversationId, { sha256: file.sha256, bytes: file.bytes });
          queue.extend(conversationId, recordingStages);
        });
      } catch (thrown) {
        await rm(place, { force: true });
        throw thrown;
      } finally {
        await markSettled(paths, sha256);
      }
    });
  } finally {
    const left = incoming ?? (source.kind === "upload" ? source.upload : undefined);
    if (left !== undefined) await rm(left.path, { force: true }).catch(() => undefined);
  }
}
