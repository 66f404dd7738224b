import { describe, expect, it } from "vitest";
import { EarmarkError, errorCodes, failureSchema, fromFailure, throwIfCancelled, toFailure } from "./errors.ts";

describe("failures", () => {
  it("have each code once, in kebab case", () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
    for (const code of errorCodes) expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/u);
  });

  it("cross a door as plain data and come out as the error they were", () => {
    const error = new EarmarkError("model-missing", "No model.", {
      modelId: "whisper-base",
      bytes: 3,
      limited: false,
      path: null,
    });
    const failure = failureSchema.parse(JSON.parse(JSON.stringify(toFailure(error))));
    const back = fromFailure(failure);
    expect(back).toBeInstanceOf(EarmarkError);
    expect(back).toBeInstanceOf(Error);
    expect({ code: back.code, message: back.message, details: back.details }).toEqual({
      code: "model-missing",
      message: "No model.",
      details: { modelId: "whisper-base", bytes: 3, limited: false, path: null },
    });
  });

  it("know an abort, a full disk, and a system's code", () => {
    expect(toFailure(new DOMException("stop", "AbortError")).code).toBe("cancelled");
    expect(toFailure(Object.assign(new Error("no space"), { code: "ENOSPC" })).code).toBe("disk-full");
    expect(toFailure(Object.assign(new Error("gone"), { code: "ENOENT" }))).toEqual({
      code: "internal",
      message: "gone",
      details: { systemCode: "ENOENT" },
    });
  });

  it.each([["text"], [42], [null], [undefined], [{ code: "disk-full" }], [Symbol("s")]])(
    "take %s for a fault of ours",
    (thrown) => {
      expect(toFailure(thrown).code).toBe("internal");
    },
  );

  it("keep their cause", () => {
    const cause = new Error("inner");
    expect(new EarmarkError("internal", "outer", {}, { cause }).cause).toBe(cause);
  });

  it("do not take a code from outside the set", () => {
    expect(failureSchema.safeParse({ code: "oops", message: "" }).success).toBe(false);
    expect(failureSchema.parse({ code: "internal", message: "" }).details).toEqual({});
  });

  it("come at once when the signal has been aborted, and not before", () => {
    const control = new AbortController();
    expect(() => throwIfCancelled(control.signal)).not.toThrow();
    expect(() => throwIfCancelled(undefined)).not.toThrow();
    control.abort();
    expect(() => throwIfCancelled(control.signal)).toThrow(expect.objectContaining({ code: "cancelled" }));
  });
});
