import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Conversation, Participant, Role, Turn, Word } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";
import { detectFormat, readTranscriptFile } from "./detect.ts";
import { exportConversation, formatHolds, type TextFormat } from "./export.ts";
import type { ImportedConversation } from "./imported.ts";
import { outgoingWords } from "./outgoing-words.ts";

/*
 * What Earmark writes it reads again: conversations drawn by a seed go through each format that has a reader, and every field
 * that the format can carry comes back as it was.
 */

/** Words of several scripts and directions, with marks, accents and signs that formats give a meaning. */
const vocabulary = [
  ...["Hello,", "refund", "it’s", "R&D", "naïve", "50%", "Müller", "“quoted”", "a/b", "=SUM(A1)", "don't.", "yes!"],
  ...["مرحبا", "שלום", "你好", "こんにちは", "Привет,", "नमस्ते", "👍🏽", "ไทย", "한국어?"],
];
const masked = [
  ["card-number", "[card number]"],
  ["name", "[name]"],
  ["email", "[e-mail]"],
] as const;

interface Drawing {
  readonly kind: Conversation["kind"];
  readonly roles: readonly Role[];
  readonly named: boolean;
  readonly overlaps: boolean;
}

/** A conversation of so many turns, each of another than the one before. */
function conversations({ kind, roles, named, overlaps }: Drawing): fc.Arbitrary<Conversation> {
  const word = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...vocabulary) },
    { weight: 1, arbitrary: fc.constantFrom(...masked) },
  );
  const turn = fc.record({
    who: fc.nat(roles.length - 2),
    gapMs: fc.integer({ min: overlaps ? -900 : 40, max: 5_000 }),
    texts: fc.array(word, { minLength: 1, maxLength: 9 }),
    wordMs: fc.integer({ min: 90, max: 700 }),
    confidence: fc.integer({ min: 0, max: 1_000 }),
  });
  const began = fc.date({ min: new Date("2001-01-01"), max: new Date("2035-12-31"), noInvalidDate: true });
  return fc.record({ turns: fc.array(turn, { minLength: 1, maxLength: 12 }), began, tail: fc.nat(9_000) }).map((drawn) => {
    const participants = roles.map(
      (role, index): Participant => ({
        id: `p${index + 1}`,
        role,
        roleConfidence: null,
        name: named && (role === "agent" || role === "customer") ? `${role === "agent" ? "Zoë" : "يوسف"} N.` : null,
        channel: null,
      }),
    );
    let before = -1;
    let cursor = 0;
    let lastStart = -1;
    let words = 0;
    const turns = drawn.turns.map(({ who, gapMs, texts, wordMs, confidence }, number): Turn => {
      const speaker = before < 0 ? who : who >= before ? who + 1 : who;
      before = speaker;
      const startMs = Math.max(lastStart + 1, cursor + gapMs, 0);
      lastStart = startMs;
      if (kind === "chat") {
        cursor = startMs;
        const text = texts.map((one) => (typeof one === "string" ? one : one[1])).join(" ");
        const bare = { id: `t${number + 1}`, participantId: `p${speaker + 1}`, startMs, endMs: startMs, text, words: [] };
        return { ...bare, speakerConfidence: null };
      }
      let at = startMs;
      const spoken = texts.flatMap((one): Word[] => {
        const make = (text: string, redaction?: string): Word => {
          words++;
          at += wordMs;
          const times = { startMs: at - wordMs, endMs: at, confidence: confidence / 1_000 };
          return { id: `w${words}`, text, ...times, ...(redaction === undefined ? {} : { redaction }) };
        };
        return typeof one === "string" ? [make(one)] : [make(one[1], one[0]), make("", one[0])];
      });
      cursor = at;
      return {
        id: `t${number + 1}`,
        participantId: `p${speaker + 1}`,
        startMs,
        endMs: at,
        text: spoken.flatMap(({ text }) => (text === "" ? [] : [text])).join(" "),
        words: spoken,
        speakerConfidence: null,
      };
    });
    const last = Math.max(...turns.map(({ endMs }) => endMs));
    const durationMs = kind === "chat" ? last : last + drawn.tail;
    return {
      id: "6f1c0e9a-2f61-4b0e-9d53-1f2f3a4b5c6d",
      kind,
      channel: kind === "chat" ? "chat" : "voice",
      title: "A bill: too high",
      startedAt: drawn.began.toISOString(),
      timeZone: null,
      importedAt: "2036-03-02T10:00:00.000Z",
      source: { name: "a call.wav", sha256: "0".repeat(64), bytes: 1, format: "WAV" },
      durationMs,
      language: "en-GB",
      participants,
      turns,
      shortfalls: [],
      provenance: null,
      measures: measure(durationMs, participants, turns),
    };
  });
}

/** Each turn with what can be carried of it, by the names of the fields. */
function turnsOf(
  { participants, turns }: Pick<Conversation, "participants" | "turns">,
  fields: readonly (keyof ReturnType<typeof turnFields>)[],
) {
  return turns.map((turn) => {
    const all = turnFields(turn, participants);
    return Object.fromEntries(fields.map((field) => [field, all[field]]));
  });
}

function turnFields(turn: Turn, participants: readonly Participant[]) {
  const who = participants.find(({ id }) => id === turn.participantId);
  return {
    role: who?.role,
    name: who?.name ?? null,
    startMs: turn.startMs,
    endMs: turn.endMs,
    second: Math.floor(turn.startMs / 1_000),
    text: turn.text,
    // Behind a masked word there is nothing to carry but its time.
    words: outgoingWords(turn),
    redactions: turn.words.flatMap(({ redaction, text }) => (redaction === undefined || text === "" ? [] : [redaction])),
  };
}

/** Who speaks as numbers in order of appearance: what is left where neither roles nor names are carried. */
function voicesOf({ turns }: Pick<Conversation, "turns">): number[] {
  const seen = [...new Set(turns.map(({ participantId }) => participantId))];
  return turns.map(({ participantId }) => seen.indexOf(participantId));
}

/** Writes, detects and reads conversations of a drawing, and has each compared with what came back. */
function throughFormat(
  format: TextFormat,
  drawing: Drawing,
  compare: (before: Conversation, after: ImportedConversation) => void,
  detectedAs: string = format,
): void {
  expect(formatHolds(format, drawing.kind)).toBe(true);
  fc.assert(
    fc.property(conversations(drawing), (before) => {
      const { text } = exportConversation(before, format);
      expect(detectFormat(text)).toBe(detectedAs);
      compare(before, readTranscriptFile(text));
    }),
    { seed: 20_260_302, numRuns: 120 },
  );
}

const call: Drawing = { kind: "call", roles: ["agent", "customer", "ivr"], named: true, overlaps: true };
const chat: Drawing = { kind: "chat", roles: ["customer", "agent", "bot"], named: true, overlaps: false };
const everything = ["role", "name", "startMs", "endMs", "text", "words", "redactions"] as const;
const unnamed = everything.filter((field) => field !== "name");

describe("what Earmark writes it reads again", () => {
  it.each([call, chat])("as its own document, whole", (drawing) => {
    throughFormat(
      "json",
      drawing,
      ({ participants, turns, durationMs, language, startedAt, title }, after) => {
        expect(after).toMatchObject({ startedAt, title, kind: drawing.kind });
        expect(after.transcript).toMatchObject({ participants, turns, durationMs, language });
      },
      "earmark",
    );
  });

  it("as a vCon of a call: parties, roles, every word and when it began", () => {
    throughFormat("vcon", call, (before, after) => {
      expect(after).toMatchObject({ kind: "call", startedAt: before.startedAt, title: before.title });
      expect(after.transcript).toMatchObject({ durationMs: before.durationMs, language: before.language });
      expect(turnsOf(after.transcript, everything)).toEqual(turnsOf(before, everything));
    });
  });

  it("as a vCon of a chat: parties, roles, texts and times", () => {
    throughFormat("vcon", chat, (before, after) => {
      // The clock of a chat begins with its first message.
      const [first] = before.turns;
      const began = Date.parse(before.startedAt ?? "") + (first?.startMs ?? 0);
      expect(after).toMatchObject({ kind: "chat", startedAt: new Date(began).toISOString(), title: before.title });
      const fields = ["role", "name", "text"] as const;
      expect(turnsOf(after.transcript, fields)).toEqual(turnsOf(before, fields));
      expect(after.transcript.turns.map(({ startMs }) => startMs)).toEqual(
        before.turns.map(({ startMs }) => startMs - (first?.startMs ?? 0)),
      );
    });
  });

  it("as WhisperX: words with their scores, and who is whom", () => {
    throughFormat("whisperx", call, (before, after) => {
      const fields = ["startMs", "endMs", "text", "words", "redactions"] as const;
      expect(turnsOf(after.transcript, fields)).toEqual(turnsOf(before, fields));
      expect(voicesOf(after.transcript)).toEqual(voicesOf(before));
      expect(after.transcript.language).toBe(before.language);
    });
  });

  it("as post call analytics: roles, names, words, length and when it began", () => {
    throughFormat(
      "pca",
      call,
      (before, after) => {
        expect(after).toMatchObject({ kind: "call", startedAt: before.startedAt });
        expect(after.transcript).toMatchObject({ durationMs: before.durationMs, language: before.language });
        expect(turnsOf(after.transcript, unnamed)).toEqual(turnsOf(before, unnamed));
        const people = (turns: ReturnType<typeof turnsOf>) => turns.filter(({ role }) => role === "agent" || role === "customer");
        expect(people(turnsOf(after.transcript, everything))).toEqual(people(turnsOf(before, everything)));
      },
      "post-call-analytics",
    );
  });

  it("as post call analytics in the time of a place", () => {
    fc.assert(
      fc.property(conversations(call), (drawn) => {
        const before = { ...drawn, timeZone: "America/New_York" };
        const after = readTranscriptFile(exportConversation(before, "pca").text);
        expect(after.timeZone).toBe("America/New_York");
        // An hour that the clocks show twice cannot be told from the one before it.
        const apart = Date.parse(after.startedAt ?? "") - Date.parse(before.startedAt ?? "");
        expect([0, -3_600_000]).toContain(apart);
      }),
      { seed: 20_260_302, numRuns: 60 },
    );
  });

  it("as a call of Contact Lens: roles, words and length", () => {
    throughFormat(
      "contact-lens",
      { ...call, roles: ["agent", "customer", "ivr", "bot", "other"] },
      (before, after) => {
        expect(after.kind).toBe("call");
        expect(after.transcript).toMatchObject({ durationMs: before.durationMs, language: before.language });
        expect(turnsOf(after.transcript, unnamed)).toEqual(turnsOf(before, unnamed));
      },
      "contact-lens-voice",
    );
  });

  it("as a chat of Contact Lens: roles, names, texts and times", () => {
    throughFormat(
      "contact-lens",
      chat,
      (before, after) => {
        const [first] = before.turns;
        expect(after.kind).toBe("chat");
        const began = Date.parse(before.startedAt ?? "") + (first?.startMs ?? 0);
        expect(after.startedAt).toBe(new Date(began).toISOString());
        const fields = ["role", "name", "text"] as const;
        expect(turnsOf(after.transcript, fields)).toEqual(turnsOf(before, fields));
      },
      "contact-lens-chat",
    );
  });

  it.each(["srt", "vtt"] as const)("as %s: roles and words, to a cue", (format) => {
    throughFormat(format, { ...call, named: false, overlaps: false }, (before, after) => {
      const said = ({ participants, turns }: Pick<Conversation, "participants" | "turns">) =>
        turnsOf({ participants, turns }, ["role", "text"]);
      expect(said(after.transcript)).toEqual(said(before));
      expect(after.transcript.turns.map(({ startMs }) => startMs)).toEqual(before.turns.map(({ startMs }) => startMs));
    });
  });

  it("as plain text: roles, texts and times to the second", () => {
    throughFormat(
      "txt",
      { ...call, named: false },
      (before, after) => {
        const fields = ["role", "second", "text"] as const;
        expect(turnsOf(after.transcript, fields)).toEqual(turnsOf(before, fields));
        expect(after.startedAt).toBe(before.startedAt);
      },
      "plain-text",
    );
  });

  it("as RTTM: who spoke when, by role", () => {
    throughFormat("rttm", call, (before, after) => {
      const fields = ["role", "startMs", "endMs"] as const;
      expect(turnsOf(after.transcript, fields)).toEqual(turnsOf(before, fields));
    });
  });
});
