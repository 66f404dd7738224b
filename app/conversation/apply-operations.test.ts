import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyOperations, attemptOperations } from "./apply-operations.ts";
import { named, shortCall, spoken } from "./call.test-data.ts";
import { type Transcript, transcriptSchema } from "./conversation.ts";
import { mutedSpans, recordedRedaction } from "./hide.ts";
import { type Operation, operationSchema } from "./operations.ts";

const call = shortCall();

/** "p1 0-1000 text" of each turn after the operations. */
function shown(transcript: Transcript, ...operations: Operation[]): string[] {
  const attempt = attemptOperations(transcript, named(...operations));
  expect(attempt.faults.filter((fault) => fault !== null)).toEqual([]);
  return attempt.transcript.turns.map((turn) => `${turn.participantId} ${turn.startMs}-${turn.endMs} ${turn.text}`);
}

function wordsOf(transcript: Transcript, turnId: string): [string, string, number, number][] {
  const turn = transcript.turns.find((one) => one.id === turnId);
  return (turn?.words ?? []).map(({ id, text, startMs, endMs }) => [id, text, startMs, endMs]);
}

function faultOf(transcript: Transcript, operation: Operation) {
  const attempt = attemptOperations(transcript, named(operation));
  if (attempt.faults[0] !== null) expect(attempt.transcript).toBe(transcript);
  return attempt.faults[0];
}

describe("text typed over words", () => {
  it("keeps equal words, names new ones after the operation, and spreads their times over what they replace", () => {
    const after = applyOperations(
      call,
      named({ kind: "retext-words", wordIds: ["t2b", "t2c", "t2d", "t2e"], text: "lived at nineteen Oak Elm" }),
    );
    expect(wordsOf(after, "t2")).toEqual([
      ["t2a", "I", 2_000, 2_200],
      ["o0.0", "lived", 2_200, 2_400],
      ["t2c", "at", 2_400, 2_600],
      ["o0.1", "nineteen", 2_600, 2_745],
      ["o0.2", "Oak", 2_745, 2_800],
      ["t2e", "Elm", 2_800, 3_000],
      ["t2f", "Street", 3_000, 3_200],
      ["t2g", "now", 3_200, 3_400],
    ]);
    const [, lived, , nineteen, oak] = after.turns[1]?.words ?? [];
    expect(lived).toEqual(expect.objectContaining({ confidence: null, review: "written", replaces: ["t2b"] }));
    // Who quoted "nine" finds both.
    expect([nineteen?.replaces, oak?.replaces]).toEqual([["t2d"], ["t2d"]]);
    expect(after.turns[1]?.text).toBe("I lived at nineteen Oak Elm Street now");
    expect(after.turns[1]).toMatchObject({ startMs: 2_000, endMs: 3_400 });
  });

  it("knows a word by its letters: another writing keeps its time", () => {
    const after = applyOperations(call, named({ kind: "retext-turn", turnId: "t3", text: "sure, THANK you." }));
    expect(wordsOf(after, "t3").map(([, text, startMs]) => [text, startMs])).toEqual([
      ["sure,", 4_000],
      ["THANK", 4_200],
      ["you.", 4_400],
    ]);
  });

  it("puts words in where none were heard, without stretching them over a pause", () => {
    const after = applyOperations(
      shortCall({ turns: [{ ...spoken("t1", "p1", 0, "hello"), endMs: 9_000 }] }),
      named({ kind: "retext-turn", turnId: "t1", text: "hello there" }),
    );
    expect(wordsOf(after, "t1")).toEqual([
      ["t1a", "hello", 0, 200],
      ["o0.0", "there", 200, 600],
    ]);
  });

  it("of nothing takes the words out, and the turn with the last of them", () => {
    expect(shown(call, { kind: "retext-words", wordIds: ["t3a"], text: "" })[2]).toBe("p1 4000-4600 thank you");
    expect(shown(call, { kind: "retext-turn", turnId: "t3", text: "" })).toHaveLength(3);
  });

  it("of a turn without words is its text", () => {
    const chat = shortCall({ turns: [{ ...spoken("t1", "p1", 0, "x"), words: [], text: "Helo" }] });
    expect(shown(chat, { kind: "retext-turn", turnId: "t1", text: "Hello" })).toEqual(["p1 0-200 Hello"]);
  });

  it("takes writing without spaces apart into words", () => {
    const turn = { ...spoken("t1", "p1", 0, "あなた は"), text: "あなたは" };
    const after = applyOperations(
      shortCall({ turns: [turn], language: "ja" }),
      named({ kind: "retext-turn", turnId: "t1", text: "あなたも。" }),
    );
    expect(after.turns[0]?.text).toBe("あなたも。");
    expect(after.turns[0]?.words).toHaveLength(2);
  });

  it("marks a translation as stale, and only where the words changed", () => {
    const translated = shortCall({ turns: call.turns.map((turn) => ({ ...turn, translation: "…" })) });
    const after = applyOperations(
      translated,
      named(
        { kind: "retext-turn", turnId: "t3", text: "Sure" },
        { kind: "reassign-turn", turnId: "t1", participantId: "p2" },
        { kind: "merge-turns", turnIds: ["t3", "t4"] },
      ),
    );
    expect(after.turns.map((turn) => turn.translationIsStale)).toEqual([undefined, undefined, true]);
  });

  it.each<[Operation, string]>([
    [{ kind: "retext-words", wordIds: ["ghost"], text: "x" }, "word-unknown"],
    [{ kind: "retext-words", wordIds: ["t1a", "t1c"], text: "x" }, "words-not-adjoining"],
    [{ kind: "retext-words", wordIds: ["t1e", "t2a"], text: "x" }, "words-not-adjoining"],
    [{ kind: "retext-turn", turnId: "ghost", text: "x" }, "turn-unknown"],
  ])("is refused: %j", (operation, fault) => {
    expect(faultOf(call, operation)).toBe(fault);
  });
});

describe("turns", () => {
  it("are taken apart before a word or at a moment, and joined again", () => {
    const split: Operation = { kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2c" } };
    const parts = ["p2 2000-2400 I live", "p2 2400-3400 at nine Elm Street now"];
    expect(shown(call, split).slice(1, 3)).toEqual(parts);
    expect(shown(call, { kind: "split-turn", turnId: "t2", at: { kind: "time", atMs: 2_400 } }).slice(1, 3)).toEqual(parts);
    expect(applyOperations(call, named(split, { kind: "merge-turns", turnIds: ["o0", "t2"] }))).toEqual({
      ...call,
      turns: call.turns,
    });
    expect(faultOf(call, { kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2a" } })).toBe("nothing-to-split");
  });

  it("without words are taken apart at a moment and a place in their text", () => {
    const plain = shortCall({ turns: [{ ...spoken("t1", "p1", 0, "Hello who is this"), words: [] }] });
    const at = { kind: "time", atMs: 300, atCharacter: 6 } as const;
    expect(shown(plain, { kind: "split-turn", turnId: "t1", at })).toEqual(["p1 0-300 Hello", "p1 300-800 who is this"]);
  });

  it("are joined with the next in order, or the next of the same participant, and with no other", () => {
    expect(shown(call, { kind: "merge-turns", turnIds: ["t1", "t2"] })[0]).toBe(
      "p1 0-3400 Thank you for calling Harbor I live at nine Elm Street now",
    );
    expect(shown(call, { kind: "merge-turns", turnIds: ["t1", "t3"] })[0]).toBe(
      "p1 0-4600 Thank you for calling Harbor Sure thank you",
    );
    expect(faultOf(call, { kind: "merge-turns", turnIds: ["t1", "t4"] })).toBe("turns-not-neighbours");
    expect(faultOf(call, { kind: "merge-turns", turnIds: ["t1", "t1"] })).toBe("turns-not-neighbours");
  });

  it("are given to somebody else, also somebody new", () => {
    expect(
      shown(
        call,
        { kind: "add-participant", participantId: "new", role: "other", name: "Sue" },
        { kind: "reassign-turn", turnId: "t4", participantId: "new" },
      )[3],
    ).toBe("new 5000-5400 Anything else");
    expect(faultOf(call, { kind: "reassign-turn", turnId: "t4", participantId: "new" })).toBe("participant-unknown");
    expect(faultOf(call, { kind: "add-participant", participantId: "p1", role: "other", name: "" })).toBe("participant-exists");
  });

  it("lose words to somebody else: from the middle, and from an edge to the neighbouring turn", () => {
    expect(shown(call, { kind: "reassign-words", wordIds: ["t2d", "t2e"], participantId: "p1" }).slice(1, 4)).toEqual([
      "p2 2000-2600 I live at",
      "p1 2600-3000 nine Elm",
      "p2 3000-3400 Street now",
    ]);
    const after = applyOperations(call, named({ kind: "reassign-words", wordIds: ["t2g"], participantId: "p1" }));
    expect(after.turns.map(({ id, text }) => `${id} ${text}`)).toEqual([
      "t1 Thank you for calling Harbor",
      "t2 I live at nine Elm Street",
      "t3 now Sure thank you",
      "t4 Anything else",
    ]);
    expect(shown(call, { kind: "reassign-words", wordIds: ["t2a"], participantId: "p1" }).slice(0, 2)).toEqual([
      "p1 0-2200 Thank you for calling Harbor I",
      "p2 2200-3400 live at nine Elm Street now",
    ]);
    expect(shown(call, { kind: "reassign-words", wordIds: ["t4a", "t4b"], participantId: "p2" })[3]).toBe(
      "p2 5000-5400 Anything else",
    );
  });

  it("of two participants become one's over the call", () => {
    const after = applyOperations(call, named({ kind: "merge-participants", participantId: "p1", intoId: "p2" }));
    expect(after.participants).toEqual([{ id: "p2", role: "customer", roleConfidence: 0.9, name: "Laura", channel: null }]);
    expect(new Set(after.turns.map((turn) => turn.participantId))).toEqual(new Set(["p2"]));
  });
});

describe("times", () => {
  it("of a word stay between its neighbours, and take the edge of the turn along", () => {
    const after = applyOperations(
      call,
      named(
        { kind: "retime-word", wordId: "t2b", startMs: 0, endMs: 9_000 },
        { kind: "retime-word", wordId: "t4b", startMs: 5_300, endMs: 99_000 },
      ),
    );
    expect(wordsOf(after, "t2")[1]).toEqual(["t2b", "live", 2_200, 2_400]);
    expect(after.turns[3]).toMatchObject({ startMs: 5_000, endMs: 20_000 });
  });

  it("of a turn move its words along, or cut them at its new edges; turns stay in order", () => {
    expect(shown(call, { kind: "retime-turn", turnId: "t4", startMs: 3_500, endMs: 3_900 })[2]).toBe(
      "p1 3500-3900 Anything else",
    );
    const cut = applyOperations(call, named({ kind: "retime-turn", turnId: "t4", startMs: 5_100, endMs: 6_000 }));
    expect(wordsOf(cut, "t4").map(([, , startMs, endMs]) => [startMs, endMs])).toEqual([
      [5_100, 5_200],
      [5_200, 5_400],
    ]);
    expect(faultOf(call, { kind: "retime-turn", turnId: "t4", startMs: 30_000, endMs: 31_000 })).toBe("outside-recording");
  });
});

describe("hiding", () => {
  const address: Operation = {
    kind: "redact",
    target: { kind: "words", wordIds: ["t2d", "t2e", "t2f"] },
    label: "address",
  };
  const bot = { intent: "Move", confidence: 1, missed: false, slots: { Street: "nine Elm Street", None: null }, state: null };
  const told = shortCall({
    turns: call.turns.map((turn) => (turn.id === "t2" ? { ...turn, translation: "nine Elm Street", bot } : turn)),
  });

  it("masks text, translation, slots and sound, and keeps ids and times", () => {
    const after = applyOperations(told, named(address));
    expect(after.turns[1]).toMatchObject({ text: "I live at [address] now", translation: "[address]" });
    expect(after.turns[1]?.bot?.slots).toEqual({ Street: "[address]", None: null });
    expect(after.turns[1]?.words.map(({ id }) => id)).toEqual(call.turns[1]?.words.map(({ id }) => id));
    expect(mutedSpans(after)).toEqual([{ startMs: 2_600, endMs: 3_200 }]);
    expect(JSON.stringify(after)).not.toMatch(/Elm/u);
  });

  it("by time takes every word that is said in it, and turns without words whole", () => {
    const plain = { ...spoken("t5", "p2", 6_000, "at nine Elm Street"), words: [] };
    const target = { kind: "time", startMs: 2_650, endMs: 6_100 } as const;
    const after = applyOperations(
      shortCall({ turns: [...call.turns, plain] }),
      named({ kind: "redact", target: { ...target, participantId: "p2" }, label: "x" }),
    );
    expect(after.turns.map((turn) => turn.text)).toEqual([
      "Thank you for calling Harbor",
      "I live at [x]",
      "Sure thank you",
      "Anything else",
      "[x]",
    ]);
    // The sound is muted for all, whoever's words were hidden.
    expect(mutedSpans(after)).toEqual([{ startMs: 2_600, endMs: 6_100 }]);
  });

  it("of a part of a message leaves the rest", () => {
    const chat = shortCall({ turns: [{ ...spoken("t1", "p1", 0, "I am Sue Smith"), words: [], endMs: 0 }] });
    const target = { kind: "text", turnId: "t1", start: 5, end: 14 } as const;
    expect(shown(chat, { kind: "redact", target, label: "name" })).toEqual(["p1 0-0 I am [name]"]);
    expect(faultOf(call, { kind: "redact", target, label: "name" })).toBe("turn-has-words");
  });

  it("cannot be written over, moved in time, nor lost by taking a turn apart or moving it", () => {
    const hidden = applyOperations(call, named(address));
    expect(faultOf(hidden, { kind: "retext-turn", turnId: "t2", text: "I live at home" })).toBe("hidden-words");
    expect(faultOf(hidden, { kind: "retime-word", wordId: "t2d", startMs: 0, endMs: 1 })).toBe("hidden-words");
    expect(shown(hidden, { kind: "retext-turn", turnId: "t2", text: "We live in [address], now" })[1]).toMatch(
      /We live in \[address\], now/u,
    );
    const moved = applyOperations(hidden, [
      { id: "m", operation: { kind: "retime-turn", turnId: "t2", startMs: 10_000, endMs: 11_400 } },
    ]);
    expect(mutedSpans(moved)).toEqual([
      { startMs: 2_600, endMs: 3_200 },
      { startMs: 10_600, endMs: 11_200 },
    ]);
    const split: Operation = { kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2e" } };
    expect(shown(hidden, split).slice(1, 3)).toEqual(["p2 2000-2800 I live at [address]", "p2 2800-3400 [address] now"]);
  });
});

describe("words in doubt", () => {
  it("are accepted as they are", () => {
    const doubtful = shortCall({
      turns: [
        {
          ...spoken("t1", "p1", 0, "a b"),
          words: spoken("t1", "p1", 0, "a b").words.map((w) => ({ ...w, doubt: "improbable" })),
        },
      ],
    });
    const [first, second] =
      applyOperations(doubtful, named({ kind: "mark-doubt-settled", wordIds: ["t1a"] })).turns[0]?.words ?? [];
    expect([first?.doubt, first?.review, second?.doubt]).toEqual([undefined, "accepted", "improbable"]);
  });
});

describe("whatever is done", () => {
  const wordIds = fc.array(fc.nat(30), { minLength: 1, maxLength: 6 });
  const ms = fc.nat(22_000);
  /** Draws are numbers: they choose among what there is when the operation is made. */
  const draw = fc.record({
    kind: fc.constantFrom(...operationSchema.options.map((option) => option.shape.kind.value)),
    words: wordIds,
    adjoining: fc.boolean(),
    turn: fc.nat(12),
    other: fc.nat(12),
    who: fc.nat(3),
    into: fc.nat(3),
    from: ms,
    to: ms,
    text: fc.constantFrom("", "thank you", "I live at ten Elm Street", "x y z", "[address] again", "Sure, thank YOU"),
    byTime: fc.boolean(),
  });
  type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

  const toOperation = (made: Draw, { turns, participants }: Transcript): Operation => {
    const pick = (from: readonly string[], n: number) => (made.other === 12 ? "ghost" : (from[n % from.length] ?? "ghost"));
    const all = turns.flatMap((turn) => turn.words.map((word) => word.id));
    const first = made.words[0] ?? 0;
    const ids = made.adjoining
      ? all.slice(first % Math.max(1, all.length)).slice(0, made.words.length)
      : made.words.map((n) => pick(all, n));
    const chosen = ids.length === 0 ? ["ghost"] : ids;
    const place = made.turn % Math.max(1, turns.length);
    const turnId = turns[place]?.id ?? "ghost";
    const voices = participants.map((participant) => participant.id);
    const [participantId, intoId] = [pick(voices, made.who), pick(voices, made.into)];
    const [startMs, endMs] = [made.from, made.to];
    const operations: Record<Operation["kind"], Operation> = {
      "swap-roles": { kind: "swap-roles" },
      "set-role": { kind: "set-role", participantId, role: "other" },
      "rename-speaker": { kind: "rename-speaker", participantId, name: made.text },
      "retext-words": { kind: "retext-words", wordIds: chosen, text: made.text },
      "retext-turn": { kind: "retext-turn", turnId, text: made.text },
      "split-turn": {
        kind: "split-turn",
        turnId,
        at: made.byTime ? { kind: "time", atMs: startMs, atCharacter: made.other } : { kind: "word", wordId: chosen[0] ?? "" },
      },
      "merge-turns": { kind: "merge-turns", turnIds: [turnId, turns[place + 1 + (made.other % 2)]?.id ?? "ghost"] },
      "reassign-turn": { kind: "reassign-turn", turnId, participantId },
      "reassign-words": { kind: "reassign-words", wordIds: chosen, participantId },
      "add-participant": { kind: "add-participant", participantId: `n${made.who}`, role: "other", name: "" },
      "merge-participants": { kind: "merge-participants", participantId, intoId },
      "retime-word": { kind: "retime-word", wordId: chosen[0] ?? "", startMs, endMs },
      "retime-turn": { kind: "retime-turn", turnId, startMs, endMs },
      restore: { kind: "restore", originals: [{ id: "o1", turnId, wordIds: made.byTime ? [] : chosen }], reason: "asked" },
      redact: {
        kind: "redact",
        label: "address",
        target: made.byTime ? { kind: "time", startMs, endMs } : { kind: "words", wordIds: chosen },
      },
      "mark-doubt-settled": { kind: "mark-doubt-settled", wordIds: chosen },
    };
    return operations[made.kind];
  };

  it("keeps turns in order, ids single, times rising, words that nobody wrote over, what is hidden hidden, and can be replayed", () => {
    fc.assert(
      fc.property(fc.array(draw, { maxLength: 14 }), (draws) => {
        const before = structuredClone(call);
        let now: Transcript = call;
        const operations: Operation[] = [];
        const retexted = new Set<string>();
        for (const one of draws) {
          const operation = toOperation(one, now);
          operations.push(operation);
          const applied = applyOperations(call, named(...operations));
          const ids = (transcript: Transcript) => new Set(transcript.turns.flatMap((turn) => turn.words.map((word) => word.id)));
          const after = ids(applied);
          for (const id of ids(now)) {
            if (after.has(id)) continue;
            // A word goes only when somebody wrote over it.
            expect(["retext-words", "retext-turn"]).toContain(operation.kind);
            retexted.add(id);
          }
          // What was muted stays muted.
          const muted = mutedSpans(applied);
          for (const span of mutedSpans(now))
            expect(muted.some((wide) => wide.startMs <= span.startMs && wide.endMs >= span.endMs)).toBe(true);
          now = applied;
        }
        expect(transcriptSchema.parse(now)).toEqual(now);
        const starts = now.turns.map((turn) => turn.startMs);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
        const turnIds = now.turns.map((turn) => turn.id);
        expect(new Set(turnIds).size).toBe(turnIds.length);
        const words = now.turns.flatMap((turn) => turn.words);
        expect(new Set(words.map((word) => word.id)).size).toBe(words.length);
        for (const turn of now.turns) {
          expect(turn.endMs).toBeGreaterThanOrEqual(turn.startMs);
          expect(turn.endMs).toBeLessThanOrEqual(call.durationMs);
          expect(now.participants.some((participant) => participant.id === turn.participantId)).toBe(true);
          expect(turn.words.length).toBeGreaterThan(0);
          expect(turn.text).toBe(
            turn.words
              .map((word) => word.text)
              .filter((text) => text !== "")
              .join(" "),
          );
          for (const [index, word] of turn.words.entries()) {
            expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
            expect(word.startMs).toBeGreaterThanOrEqual(turn.words[index - 1]?.startMs ?? 0);
          }
        }
        // Whatever is taken back of what came before it, a recorded redaction keeps its stretch of sound, and the words said in it.
        const target = { kind: "words", wordIds: words.slice(0, 2).map((word) => word.id) } as const;
        if (target.wordIds.length > 0) {
          const redaction = recordedRedaction(now, { kind: "redact", target, label: "x" });
          const alone = applyOperations(call, named(redaction));
          const quiet = mutedSpans(alone);
          for (const { startMs, endMs } of redaction.spans ?? []) {
            expect(startMs === endMs || quiet.some((wide) => wide.startMs <= startMs && wide.endMs >= endMs)).toBe(true);
            for (const word of alone.turns.flatMap((turn) => turn.words))
              if (target.wordIds.some((id) => !call.turns.some((turn) => turn.words.some((one) => one.id === id))))
                expect(word.startMs < endMs && word.endMs > startMs && word.redaction === undefined).toBe(false);
          }
        }
        // Heirs of words that were written over name them.
        for (const word of words)
          for (const id of word.replaces ?? []) expect(words.some((other) => other.id === id)).toBe(false);
        // The machine's version is what it was, and the same operations give the same again.
        expect(call).toEqual(before);
        expect(applyOperations(call, [])).toBe(call);
        expect(applyOperations(call, named(...operations))).toEqual(now);
      }),
      { numRuns: 150 },
    );
  });
});
