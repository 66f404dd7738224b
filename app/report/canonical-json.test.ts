import { describe, expect, it } from "vitest";
import { canonicalJson, NotJsonError } from "./canonical-json.ts";
import { placeIn } from "./json-place.ts";

function fromBits(hex: string): number {
  return new DataView(Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16)).buffer).getFloat64(0);
}

describe("canonical JSON", () => {
  it("writes the example of RFC 8785, section 3.2.2, as section 3.2.3 has it", () => {
    const value: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("orders names by their UTF-16 code units, as the test of section 3.2.3", () => {
    const value: unknown = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`);
    expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    const order = [...canonicalJson(value).matchAll(/:"([^"]+)"/gu)].map(([, text]) => text);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  // RFC 8785, appendix B.
  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the number with the bits %s as %s", (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it.each([
    ["NaN", { a: [Number.NaN] }, "/a/0"],
    ["infinity", { a: [0, Number.NEGATIVE_INFINITY] }, "/a/1"],
    ["a lone surrogate", { "a/b": "\ud83d" }, "/a~1b"],
    ["a lone surrogate in a name", { a: { "\ude00": 1 } }, "/a"],
    ["a date", { at: new Date(0) }, "/at"],
    ["a big integer", [1n], "/0"],
    ["undefined in a list", [undefined], "/0"],
  ])("refuses %s and says where", (_, value, path) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ name: "NotJsonError", path }));
  });

  it("refuses an object inside itself, and takes one that stands in two places", () => {
    const loop: { own?: unknown } = {};
    loop.own = loop;
    expect(() => canonicalJson(loop)).toThrow(NotJsonError);
    const twice = { a: 1 };
    expect(canonicalJson([twice, twice])).toBe('[{"a":1},{"a":1}]');
  });
});

describe("the place of a fault in JSON", () => {
  it.each([
    ['{"a":[1,2,{"b":tru}]}', "/a/2/b", 15],
    ['{"a":[1,2', "/a/1", 9],
    ['{"a~b":{"c":"open', "/a~0b/c", 12],
    ["[1,2]]", "", 5],
    ["[1,02]", "/1", 4],
  ])("of %s is named %s", (text, path, at) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(placeIn(text)).toMatchObject({ path, at: expect.closeTo(at, -0.5) });
  });

  it("is none where there is no fault, and any character can be asked for", () => {
    expect(placeIn('{"a":[1,{"b":"x"}],"c":-1.5e3}')).toBeNull();
    expect(placeIn('{"a":[1,{"b":"x"}],"c":-1.5e3}', 14)).toEqual({ at: 14, path: "/a/1/b" });
  });
});
