import { describe, expect, it } from "vitest";
import { errorCodes } from "../../app/contract/errors.ts";
import { errors } from "./errors.ts";

describe("the texts of failures", () => {
  it.each(errorCodes)("%s says what happened, what was kept and what to do", (code) => {
    const text = errors[code];
    for (const part of [text.title, text.kept, text.action]) {
      expect(part).toMatch(/^[A-Z].*\.$|^ffmpeg.*\.$/u);
      expect(part).not.toMatch(/!|\{\{/u);
    }
  });

  it("has no text for a code that does not exist", () => {
    expect(Object.keys(errors).sort()).toEqual([...errorCodes].sort());
  });
});
