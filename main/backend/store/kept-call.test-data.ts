import { made } from "../../../app/insight/categories.test-data.ts";
import type { Store } from "./store.ts";

/** Puts a call with these turns, as if it had been heard, into a library. */
export function keepCall(store: Store, id: string, turns: Parameters<typeof made>[0]): void {
  const { turns: heard, participants, durationMs, language, shortfalls, provenance } = made(turns);
  store.conversations.insert({
    id,
    kind: "call",
    channel: "voice",
    title: id,
    startedAt: "2026-11-20T10:00:00.000Z",
    timeZone: null,
    source: { name: `${id}.wav`, sha256: id, bytes: 1, format: "" },
    durationMs,
    speechOptions: {},
  });
  store.transcripts.put(id, { turns: heard, participants, durationMs, language, shortfalls, provenance });
}
