import { describe, expect, it } from "vitest";
import { type ErrorCode, errorCodes } from "../../app/contract/errors.ts";
import { exitCodeFor, exitCodes } from "./exit-codes.ts";
import { describeFailure } from "./failure-text.ts";

describe("what the command line says of failures", () => {
  it.each(errorCodes)("has an exit code, words and a remedy for %s", (code) => {
    expect(Object.values(exitCodes)).toContain(exitCodeFor(code));
    expect(exitCodeFor(code)).not.toBe(exitCodes.done);
    const [what, remedy, ...more] = describeFailure({ code, message: "" }, "call.wav").split("\n");
    expect(what).toMatch(/^call\.wav: .+\.$/u);
    expect(remedy).toMatch(/^ {2}\S.*\.$/u);
    expect(more).toEqual([""]);
  });

  it.each<[ErrorCode, number]>([
    ["input-invalid", 2],
    ["model-missing", 3],
    ["ffmpeg-missing", 3],
    ["format-unknown", 4],
    ["engine-crashed-twice", 5],
    ["internal", 5],
    ["cancelled", 130],
  ])("ends with %s as %i", (code, exitCode) => {
    expect(exitCodeFor(code)).toBe(exitCode);
  });

  it("adds the program's own words on the same line", () => {
    const text = describeFailure({ code: "engine-failed", message: "out of\n tensors" });
    expect(text.split("\n")[0]).toBe("The speech engine failed. (out of tensors)");
  });
});
