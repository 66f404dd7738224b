import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callNames, type Handlers, isCallName } from "./api.ts";
import { EarmarkError } from "./errors.ts";
import { answer, parseEvent, unpack } from "./transport.ts";

/** Handlers that write down what reached them, with one behaviour of their own for `conversation.rename`. */
function handlersWith(rename: (input: unknown) => Promise<unknown>): { handlers: Handlers; seen: unknown[] } {
  const seen: unknown[] = [];
  const handlers = Object.fromEntries(
    callNames.map((name) => [
      name,
      (input: unknown) => {
        seen.push([name, input]);
        return name === "conversation.rename" ? rename(input) : Promise.resolve({});
      },
    ]),
  ) as unknown as Handlers;
  return { handlers, seen };
}

const calm = () => handlersWith(() => Promise.resolve({}));

describe("the door", () => {
  it("parses the input, fills in defaults, and answers with the value", async () => {
    const { handlers, seen } = calm();
    expect(await answer(handlers, "library.list", { text: "refund", unknown: 1 })).toEqual({ ok: true, value: {} });
    expect(seen).toEqual([
      ["library.list", { text: "refund", sortBy: "importedAt", direction: "descending", offset: 0, limit: 100 }],
    ]);
  });

  it("lets nothing wrong through to a handler, and says which call it was", async () => {
    const { handlers, seen } = calm();
    for (const input of [undefined, null, 7, {}, { id: "" }, { id: "a", title: "   " }]) {
      const reply = await answer(handlers, "conversation.rename", input);
      expect(reply).toMatchObject({ ok: false, error: { code: "input-invalid", details: { call: "conversation.rename" } } });
    }
    expect(seen).toEqual([]);
  });

  it.each(["toString", "__proto__", "constructor", "hasOwnProperty", "", "library.list "])(
    "does not know a call named %j",
    async (name) => {
      expect(isCallName(name)).toBe(false);
      expect(await answer(calm().handlers, name, {})).toMatchObject({ ok: false, error: { code: "input-invalid" } });
    },
  );

  it("answers with the failure of a handler, and throws nothing", async () => {
    const input = { id: "c1", title: "New" };
    const known = handlersWith(() => Promise.reject(new EarmarkError("not-found", "No such conversation.", { id: "c1" })));
    expect(await answer(known.handlers, "conversation.rename", input)).toEqual({
      ok: false,
      error: { code: "not-found", message: "No such conversation.", details: { id: "c1" } },
    });
    const ours = handlersWith(() => {
      throw new TypeError("x is undefined");
    });
    expect(await answer(ours.handlers, "conversation.rename", input)).toMatchObject({ ok: false, error: { code: "internal" } });
  });

  it.each([
    ["an object that cannot be written", Object.create(null)],
    ["an object with a hostile text", { toString: () => Symbol("no") }],
    ["nothing", undefined],
    ["a text", "oh"],
  ])("answers when a handler throws %s", async (_what, thrown) => {
    const { handlers } = handlersWith(() => Promise.reject(thrown));
    const reply = await answer(handlers, "conversation.rename", { id: "c1", title: "New" });
    expect(reply).toMatchObject({ ok: false, error: { code: "internal", details: {} } });
    expect(() => unpack(JSON.parse(JSON.stringify(reply)))).toThrow(expect.objectContaining({ code: "internal" }));
  });

  it("takes no list for a name, and does not write an endless failure", async () => {
    const { handlers, seen } = calm();
    expect(await answer(handlers, ["library.list"] as unknown as string, {})).toMatchObject({ ok: false });
    const reply = await answer(handlers, "import.begin", { sources: Array.from({ length: 9_000 }, () => ({ kind: "path" })) });
    expect(reply.ok === false && reply.error.message.length).toBeLessThanOrEqual(2_000);
    expect(seen).toEqual([]);
  });

  it("answers any name and any input with a reply", async () => {
    const { handlers } = calm();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom(...callNames)), fc.anything(), async (name, input) => {
        expect(typeof (await answer(handlers, name, input)).ok).toBe("boolean");
      }),
      { numRuns: 150 },
    );
  });
});

describe("the caller's side", () => {
  it("gives the value, or throws the failure with its code and details", () => {
    expect(unpack({ ok: true, value: [1] })).toEqual([1]);
    expect(() => unpack({ ok: false, error: { code: "disk-full", message: "Full.", details: { free: 0 } } })).toThrow(
      expect.objectContaining({ name: "EarmarkError", code: "disk-full", details: { free: 0 } }),
    );
  });

  it.each([
    [undefined],
    [null],
    ["ok"],
    [{ ok: "yes" }],
    [{ ok: false }],
    [{ ok: false, error: { code: "new-code", message: "" } }],
  ])("does not believe %j", (reply) => {
    expect(() => unpack(reply)).toThrow(expect.objectContaining({ code: "internal" }));
  });
});

describe("events", () => {
  it("are parsed by name", () => {
    expect(parseEvent({ name: "conversation.changed", payload: { id: "c1", more: true } })).toEqual({
      name: "conversation.changed",
      payload: { id: "c1" },
    });
  });

  it.each([
    [null],
    ["library.changed"],
    [{ name: "toString", payload: {} }],
    [{ name: "conversation.changed" }],
    [{ name: "conversation.changed", payload: { id: 7 } }],
  ])("that are none of ours are dropped: %j", (message) => {
    expect(parseEvent(message)).toBeUndefined();
  });
});
