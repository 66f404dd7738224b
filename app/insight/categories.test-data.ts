import type { Conversation, Role, Turn } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";

/** A line of a made conversation: who, what, and when it begins (ms); by default 500 ms after the one before. */
export type MadeLine = readonly [role: Role, text: string, startMs?: number];

/** A conversation of lines: a call's words last 300 ms each, a chat's messages come 10 s apart. */
export function made(
  lines: readonly MadeLine[],
  more: { readonly kind?: "call" | "chat"; readonly durationMs?: number } = {},
): Conversation {
  const kind = more.kind ?? "call";
  const turns: Turn[] = [];
  let cursor = 0;
  for (const [index, [role, text, at]] of lines.entries()) {
    const startMs = at ?? cursor;
    const texts = text.split(" ");
    const endMs = kind === "chat" ? startMs : startMs + 300 * texts.length;
    const words =
      kind === "chat"
        ? []
        : texts.map((word, place) => ({
            id: `w${index}.${place}`,
            text: word,
            startMs: startMs + 300 * place,
            endMs: startMs + 300 * (place + 1),
            confidence: 0.9,
            ...(word.startsWith("[") ? { redaction: word.replaceAll(/[[\]]/gu, "").replaceAll("_", " ") } : {}),
          }));
    turns.push({ id: `t${index}`, participantId: role, startMs, endMs, text, words, speakerConfidence: null });
    cursor = kind === "chat" ? startMs + 10_000 : endMs + 500;
  }
  const durationMs = more.durationMs ?? turns.at(-1)?.endMs ?? 0;
  const participants = [...new Set(lines.map(([role]) => role))].map((role) => ({
    id: role,
    role,
    roleConfidence: null,
    name: null,
    channel: null,
  }));
  return {
    id: "c1",
    kind,
    channel: kind === "call" ? "voice" : "chat",
    title: "A conversation",
    startedAt: null,
    timeZone: null,
    importedAt: "2026-02-03T10:00:00.000Z",
    source: { name: "a", sha256: "", bytes: 0, format: "" },
    durationMs,
    language: "en",
    participants,
    turns,
    shortfalls: [],
    provenance: null,
    measures: measure(durationMs, participants, turns),
  };
}
