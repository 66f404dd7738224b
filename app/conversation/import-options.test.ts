import { describe, expect, it } from "vitest";
import { api } from "../contract/api.ts";
import { countOf, importOptionsSchema, importWishes } from "./import-options.ts";

describe("import options", () => {
  it("ask for nothing when nothing is set", () => {
    expect(importWishes({})).toEqual({});
    expect(countOf({})).toBe(0);
  });

  it("are what import.begin takes: one language as it is, several as those that may be spoken", () => {
    expect(importWishes({ languages: ["es"] })).toEqual({ language: "es" });
    const options = importOptionsSchema.parse({
      languages: ["en", "es"],
      separation: "speaker",
      speakers: 3,
      translate: true,
      beams: 5,
      vocabulary: { terms: [{ term: "Earmark", soundsLike: [] }], replacements: [] },
    });
    const wishes = importWishes(options);
    expect(wishes).toMatchObject({ language: "auto", languages: ["en", "es"], speakers: 3, beams: 5, translate: true });
    expect(api["import.begin"].input.parse({ sources: [{ kind: "path", path: "a.wav" }], ...wishes })).toMatchObject(wishes);
    expect(countOf(options)).toBe(6);
  });
});
