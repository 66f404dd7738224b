import { describe, expect, it } from "vitest";
import { chordLabel, chordOf, type KeyPress, partsOf } from "./chord.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});

describe("chordOf", () => {
  it.each([
    [press("f", { ctrlKey: true }), "Mod+F"],
    [press("f", { metaKey: true }), "Mod+F"],
    [press("F", { shiftKey: true }), "Shift+F"],
    // With the lock on, a letter is large without Shift.
    [press("F"), "F"],
    [press("?", { shiftKey: true }), "?"],
    [press("+", { shiftKey: true }), "+"],
    [press("+", { ctrlKey: true }), "Mod++"],
    [press("F8", { shiftKey: true }), "Shift+F8"],
    [press("ArrowUp", { altKey: true }), "Alt+ArrowUp"],
    [press(" ", { code: "Space", ctrlKey: true, shiftKey: true }), "Mod+Shift+Space"],
    // A Mac writes another sign with Option.
    [press("å", { code: "KeyA", altKey: true }), "Alt+A"],
    [press("∂", { code: "KeyD", altKey: true }), "Alt+D"],
    [press("я", { code: "KeyZ", ctrlKey: true }), "Mod+Z"],
    [press("ü"), "Ü"],
  ])("tells %o", (given, chord) => {
    expect(chordOf(given)).toBe(chord);
  });

  it("is nothing for a modifier alone", () => {
    for (const key of ["Shift", "Control", "Alt", "Meta", "Dead"]) expect(chordOf(press(key))).toBeNull();
  });
});

describe("a chord in words", () => {
  it("comes apart, also with the plus sign as its key", () => {
    expect(partsOf("Mod+Shift+ArrowLeft")).toEqual(["Mod", "Shift", "ArrowLeft"]);
    expect(partsOf("Mod++")).toEqual(["Mod", "+"]);
    expect(partsOf("+")).toEqual(["+"]);
  });

  it("is called as on the keys of the machine", () => {
    expect(chordLabel("Mod+Alt+ArrowUp", false)).toEqual(["Ctrl", "Alt", "↑"]);
    expect(chordLabel("Mod+Alt+F", true)).toEqual(["⌘", "⌥", "F"]);
  });
});
