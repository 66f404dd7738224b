import { describe, expect, it } from "vitest";
import { completed, completing } from "./completing.ts";

const offers = (text: string, caret = text.length) => completing(text, caret)?.offers;

describe("completing a search", () => {
  it("offers operators that begin alike, and values of those that take a closed set", () => {
    expect(offers("refund ch")).toEqual({ kind: "operators", names: ["channel"] });
    expect(offers("-du")).toEqual({ kind: "operators", names: ["duration", "due"] });
    expect(offers("channel:s")).toEqual({ kind: "values", values: ["sms"] });
    expect(offers("channel:sms")).toBeUndefined();
    expect(offers('"ag')).toBeUndefined();
    expect(offers("refund ")).toBeUndefined();
  });

  it("asks the library for names and tags", () => {
    expect(offers('agent:"Ann L')).toEqual({ kind: "ask", field: "agent", text: "Ann L" });
    expect(offers("tag:la refund", 6)).toEqual({ kind: "ask", field: "tag", text: "la" });
  });

  it("puts what was chosen in the place of the piece", () => {
    const text = "refund age said:x";
    const at = completing(text, 10);
    if (at === null) throw new Error("Nothing is offered.");
    expect(completed(text, at, "agent", true)).toEqual({ text: "refund agent: said:x", caret: 13 });
    const name = completing("-agent:An", 9);
    if (name === null) throw new Error("Nothing is offered.");
    expect(completed("-agent:An", name, "Ann Lee", false)).toEqual({ text: '-agent:"Ann Lee" ', caret: 17 });
  });
});
