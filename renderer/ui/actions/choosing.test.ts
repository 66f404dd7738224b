import { describe, expect, it } from "vitest";
import { actionIds, definitionOf } from "./catalogue.ts";
import {
  changedActions,
  chordsAmong,
  clashesOf,
  knownChoices,
  readKeysFile,
  reservedBecause,
  withChord,
  withoutChord,
  withUsualKeys,
  writeKeysFile,
} from "./choosing.ts";

describe("choosing keys", () => {
  it("adds a chord beside the usual ones, and takes it from the action that had it", () => {
    expect(clashesOf({}, "player.loop", "R")).toEqual(["player.replayTurn"]);
    const chosen = withChord({}, "player.loop", "R");
    expect(chosen).toEqual({ "player.loop": ["L", "R"], "player.replayTurn": [] });
    expect(clashesOf(chosen, "player.loop", "R")).toEqual([]);
  });

  it("forgets a choice that is the usual one again, and gives back only what is free", () => {
    const chosen = withChord({}, "player.loop", "R");
    expect(withUsualKeys(chosen, "player.loop")).toEqual({ "player.replayTurn": [] });
    // R belongs to the loop now.
    expect(chordsAmong(withUsualKeys(chosen, "player.replayTurn"), "player.replayTurn")).toEqual([]);
    expect(withUsualKeys(withUsualKeys(chosen, "player.loop"), "player.replayTurn")).toEqual({});
    expect(withoutChord(withChord({}, "player.loop", "Mod+Shift+L"), "player.loop", "Mod+Shift+L")).toEqual({});
  });

  it("gives an action eight chords at most", () => {
    let chosen = {};
    for (const digit of "123456789") chosen = withChord(chosen, "player.loop", digit);
    expect(chordsAmong(chosen, "player.loop")).toHaveLength(8);
  });

  it("refuses what never arrives, what edits text, what moves the focus, and signs while one types", () => {
    expect(reservedBecause("Mod+W", "player.loop")).toBe("window");
    expect(reservedBecause("Alt+3", "player.loop")).toBe("window");
    expect(reservedBecause("Alt+F4", "player.loop")).toBe("system");
    expect(reservedBecause("Mod+C", "player.loop")).toBe("editing");
    expect(reservedBecause("Tab", "player.loop")).toBe("focus");
    expect(reservedBecause("G", "transcript.find")).toBe("typed");
    expect(reservedBecause("Space", "app.palette")).toBe("typed");
    expect(reservedBecause("G", "player.loop")).toBeNull();
    expect(reservedBecause("F9", "transcript.find")).toBeNull();
  });

  it("gives no action a usual key that cannot be had", () => {
    const refused = actionIds.flatMap((id) =>
      definitionOf(id)
        .keys.filter((chord) => reservedBecause(chord, id) !== null)
        .map((chord) => `${id} ${chord}`),
    );
    expect(refused).toEqual([]);
  });

  it("keeps the keys of actions that only another Earmark knows", () => {
    const chosen = { "later.action": ["F12"], "player.loop": ["F9"] };
    expect(knownChoices(chosen)).toEqual({ "player.loop": ["F9"] });
    expect(withChord(chosen, "player.loop", "F10")).toEqual({ "later.action": ["F12"], "player.loop": ["F9", "F10"] });
    expect(changedActions(chosen)).toEqual(["player.loop"]);
  });
});

describe("a file of keys", () => {
  it("comes back as it was written", () => {
    const chosen = withChord(withChord({}, "player.loop", "R"), "transcript.find", "F9");
    expect(readKeysFile(writeKeysFile(chosen))).toEqual(chosen);
  });

  it("brings no chord that cannot be had and none twice, and is refused when it is another file", () => {
    const keys = { "player.loop": ["Mod+W", "F9"], "player.toggle": ["F9", "F10"] };
    expect(readKeysFile(JSON.stringify({ earmarkKeys: 1, keys }))).toEqual({
      "player.toggle": ["F9", "F10"],
      "player.loop": [],
    });
    for (const text of ["", "{", "[]", '{"keys":{}}', '{"earmarkKeys":1,"keys":{"player.loop":"L"}}'])
      expect(readKeysFile(text)).toBeNull();
  });
});
