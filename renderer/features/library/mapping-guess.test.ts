import { expect, it } from "vitest";
import { guessMapping } from "./mapping-guess.ts";

it("columns are guessed by their names, and times by what stands there", () => {
  const chat = guessMapping(
    { columns: ["when", "who", "said", "case"], rows: [["2026-02-03 10:00", "OP-1", "Hi", "17"]] },
    "old desk.csv",
  );
  expect(chat).toMatchObject({
    name: "old desk",
    kind: "chat",
    text: "said",
    speaker: "who",
    start: "when",
    conversation: "case",
    times: "instant",
  });
  const call = guessMapping({ columns: ["a", "start", "end"], rows: [["Good morning", "0.5", "2"]] }, "x");
  expect(call).toMatchObject({ kind: "call", text: "a", speaker: null, start: "start", end: "end", times: "seconds" });
});
