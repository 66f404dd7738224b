import { describe, expect, it } from "vitest";
import { applyOperations } from "./apply-operations.ts";
import { named, shortCall, spoken } from "./call.test-data.ts";
import { findInTranscript, replaceInTranscript, searchedText } from "./find-replace.ts";
import { commentPieces, mentionsIn } from "./mentions.ts";

const loose = { matchCase: false, wholeWords: false };
const call = shortCall();

function replaced(wanted: string, replacement: string, options = loose, before = call): string[] {
  return applyOperations(before, named(...replaceInTranscript(before, wanted, replacement, options))).turns.map(
    (turn) => turn.text,
  );
}

describe("finding", () => {
  it("goes over words, and tells places in the text and the words", () => {
    const found = findInTranscript(call, "thank  YOU", loose);
    expect(found.map(({ turnId, wordIds }) => [turnId, wordIds])).toEqual([
      ["t1", ["t1a", "t1b"]],
      ["t3", ["t3b", "t3c"]],
    ]);
    const [first] = found;
    const [turn] = call.turns;
    expect(turn && first && searchedText(turn).slice(first.start, first.end)).toBe("Thank you");
  });

  it.each([
    ["el", loose, 2],
    ["el", { matchCase: false, wholeWords: true }, 0],
    ["thank", { matchCase: true, wholeWords: true }, 1],
    ["", loose, 0],
    [".*", loose, 0],
  ])("%j with %j finds %i", (wanted, options, count) => {
    expect(findInTranscript(call, wanted, options)).toHaveLength(count);
  });
});

describe("replacing", () => {
  it("writes over what it finds and leaves every other word as it was", () => {
    expect(replaced("thank you", "thanks")).toEqual([
      "thanks for calling Harbor",
      "I live at nine Elm Street now",
      "Sure thanks",
      "Anything else",
    ]);
    const after = applyOperations(call, named(...replaceInTranscript(call, "Elm", "Oak", loose)));
    expect(after.turns[1]?.words.map(({ id }) => id)).toEqual(["t2a", "t2b", "t2c", "t2d", "o0.0", "t2f", "t2g"]);
  });

  it("takes two places in a word together, and what is typed as it is", () => {
    expect(replaced("e", "$&")[3]).toBe("Anything $&ls$&");
    expect(replaced("Elm ", "")[1]).toBe("I live at nine Street now");
  });

  it("goes over turns without words, and leaves hidden words alone", () => {
    const chat = shortCall({ turns: [{ ...spoken("m", "p1", 0, "bil bil"), words: [] }] });
    expect(replaced("bil", "bill", loose, chat)).toEqual(["bill bill"]);
    const hidden = applyOperations(call, named({ kind: "redact", target: { kind: "words", wordIds: ["t2e"] }, label: "elm" }));
    expect(replaceInTranscript(hidden, "elm", "oak", loose)).toEqual([]);
  });
});

describe("mentions", () => {
  it("are of the roles there are, whole and each once", () => {
    expect(mentionsIn("@Compliance look, @agent-coach too. @compliance! a@supervisor.com @supervisors @boss")).toEqual([
      "compliance",
      "agent-coach",
    ]);
    const body = "Ask @supervisor now";
    expect(commentPieces(body)).toEqual([
      { text: "Ask ", mention: null },
      { text: "@supervisor", mention: "supervisor" },
      { text: " now", mention: null },
    ]);
    expect(commentPieces("")).toEqual([]);
  });
});
