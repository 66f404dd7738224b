import { describe, expect, it } from "vitest";
import type { VoiceSegment } from "../../app/conversation/speech.ts";
import { among, languagesOfTurns, mostProbableLanguage, type SpokenTurn, speaksAnother, turnParts } from "./spoken-language.ts";

/** Turns one after another: the chance of Spanish beside English, and how long each lasts. */
function turns(...all: readonly (readonly [es: number, seconds: number, voice?: number])[]): SpokenTurn[] {
  let startMs = 0;
  return all.map(([es, seconds, voice = 0]) => {
    const turn = {
      voice,
      startMs,
      endMs: startMs + seconds * 1_000,
      chances: new Map([
        ["en", 1 - es],
        ["es", es],
      ]),
    };
    startMs = turn.endMs + 500;
    return turn;
  });
}

describe("the language of each turn", () => {
  it("is the call's where nothing speaks against it, however unsure single turns are", () => {
    expect(languagesOfTurns(turns([0.1, 5], [0.55, 4], [0.4, 6], [0.6, 3], [0.2, 5]), "en")).toEqual(Array(5).fill("en"));
    expect(languagesOfTurns([], "en")).toEqual([]);
  });

  it("changes where another language leads clearly, from the turn on in which it began to", () => {
    const switched = turns([0.05, 5], [0.1, 4], [0.95, 1.5], [0.9, 4], [0.97, 5]);
    expect(languagesOfTurns(switched, "en")).toEqual(["en", "en", "es", "es", "es"]);
  });

  it("comes back, and a single clear turn of some length is a change of its own", () => {
    expect(languagesOfTurns(turns([0.03, 6], [0.98, 5], [0.02, 6], [0.04, 5]), "en")).toEqual(["en", "es", "en", "en"]);
  });

  it("does not change for a word thrown in, and not for one that lasts but is unclear", () => {
    expect(languagesOfTurns(turns([0.03, 6], [0.99, 1], [0.02, 6]), "en")).toEqual(["en", "en", "en"]);
    expect(languagesOfTurns(turns([0.2, 6], [0.6, 8], [0.58, 8], [0.2, 6]), "en")).toEqual(["en", "en", "en", "en"]);
  });

  it("is settled with the neighbours of the same voice alone", () => {
    // The agent speaks Spanish throughout, the customer English: each goes on in their own.
    const both = turns([0.96, 4, 0], [0.03, 5, 1], [0.94, 3, 0], [0.04, 4, 1], [0.97, 5, 0]);
    expect(languagesOfTurns(both, "en")).toEqual(["es", "en", "es", "en", "es"]);
  });

  it("is not told by what somebody said minutes before", () => {
    const [first, second] = turns([0.02, 6], [0.8, 3]) as [SpokenTurn, SpokenTurn];
    const later = { ...second, startMs: second.startMs + 300_000, endMs: second.endMs + 300_000 };
    expect(languagesOfTurns([first, later], "en")).toEqual(["en", "es"]);
  });
});

describe("chances", () => {
  const chances = new Map([
    ["en", 0.3],
    ["es", 0.2],
    ["de", 0.5],
  ]);

  it("are weighed among the languages that may be spoken", () => {
    expect(mostProbableLanguage([chances])).toBe("de");
    const given = among(chances, ["es", "en"]);
    expect(given.get("en")).toBeCloseTo(0.6);
    expect(mostProbableLanguage([given])).toBe("en");
    expect(among(chances, [])).toBe(chances);
    expect([...among(new Map(), ["en", "fr"]).values()]).toEqual([0.5, 0.5]);
  });

  it("cast suspicion where a window of some length was plainly in another language", () => {
    const spanish = new Map([
      ["en", 0.1],
      ["es", 0.9],
    ]);
    expect(speaksAnother(spanish, "en", 80_000)).toBe(true);
    expect(speaksAnother(spanish, "en", 20_000)).toBe(false);
    expect(speaksAnother(spanish, "es", 80_000)).toBe(false);
    expect(speaksAnother(new Map(), "en", 80_000)).toBe(false);
  });
});

describe("a window as its turns", () => {
  it("is its pieces on a channel, and in a mix is cut between voices, without scraps and without losing a sample", () => {
    const pieces = [
      { start: 0, end: 80_000 },
      { start: 96_000, end: 112_000 },
    ];
    expect(turnParts({ pieces }, null).map(({ window }) => window.pieces)).toEqual([[pieces[0]], [pieces[1]]]);
    const segment = (voice: number, startMs: number, endMs: number): VoiceSegment => ({
      voice,
      startMs,
      endMs,
      confidence: null,
    });
    const exclusive = [segment(0, 0, 2_000), segment(1, 2_400, 4_900), segment(0, 4_950, 5_000), segment(1, 6_000, 7_000)];
    expect(turnParts({ pieces }, exclusive)).toEqual([
      { window: { pieces: [{ start: 0, end: 35_200 }] }, voice: 0 },
      { window: { pieces: [{ start: 35_200, end: 80_000 }] }, voice: 1 },
      { window: { pieces: [{ start: 96_000, end: 112_000 }] }, voice: 1 },
    ]);
  });
});
