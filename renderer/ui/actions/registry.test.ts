import { afterEach, describe, expect, it } from "vitest";
import { actions } from "../../text/actions.ts";
import { actionIds, definitionOf } from "./catalogue.ts";
import { chordOf, type KeyPress } from "./chord.ts";
import {
  actionFor,
  actionsWith,
  availableActions,
  chooseKeys,
  chordsOf,
  holdActions,
  onActionsChange,
  runAction,
} from "./registry.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: key === " " ? "Space" : "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});
const page = { typing: false, covered: false, kept: false };

let undo: (() => void)[] = [];
const hold: typeof holdActions = (runs) => {
  const end = holdActions(runs);
  undo.push(end);
  return end;
};
afterEach(() => {
  for (const end of undo) end();
  undo = [];
  chooseKeys({});
});

describe("the catalogue", () => {
  it("gives no chord to two actions of the same part of the page", () => {
    const partOf = (id: (typeof actionIds)[number]) => definitionOf(id).within;
    const clashes = actionIds.flatMap((id) =>
      definitionOf(id).keys.filter((chord) => actionsWith(chord).filter((other) => partOf(other) === partOf(id)).length > 1),
    );
    expect(clashes).toEqual([]);
  });

  it("has words for every action", () => {
    for (const id of actionIds) {
      const found = id.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], actions);
      expect(found, id).toEqual(expect.any(String));
    }
  });

  it("spells every chord as a press is spelt", () => {
    for (const id of actionIds) {
      for (const chord of definitionOf(id).keys) {
        const parts = chord.split(/\+(?=.)/u);
        const key = parts.at(-1) ?? "";
        const spelt = chordOf(
          press(key === "Space" ? " " : key, {
            ctrlKey: parts.includes("Mod"),
            altKey: parts.includes("Alt"),
            shiftKey: parts.includes("Shift"),
          }),
        );
        expect(spelt, id).toBe(chord);
      }
    }
  });
});

describe("running by keys", () => {
  it("runs what is held, and nothing else", () => {
    let played = 0;
    expect(actionFor(press(" "), page)).toBeNull();
    const end = hold({ "player.toggle": () => played++ });
    expect(actionFor(press(" "), page)).toBe("player.toggle");
    expect(runAction("player.toggle")).toBe(true);
    expect(played).toBe(1);
    end();
    expect(runAction("player.toggle")).toBe(false);
    expect(played).toBe(1);
  });

  it("leaves letters to fields, and keys that act anywhere do so there", () => {
    hold({ "player.toggle": () => {}, "player.toggleAnywhere": () => {}, "player.loop": () => {} });
    const field = { ...page, typing: true };
    expect(actionFor(press("l"), field)).toBeNull();
    expect(actionFor(press(" "), field)).toBeNull();
    expect(actionFor(press("Escape"), field)).toBe("player.toggleAnywhere");
    expect(actionFor(press(" ", { ctrlKey: true }), field)).toBe("player.toggleAnywhere");
  });

  it("leaves a dialog alone, but for what acts over dialogs", () => {
    hold({ "player.toggleAnywhere": () => {}, "app.keys": () => {} });
    const dialog = { ...page, covered: true };
    expect(actionFor(press("Escape"), dialog)).toBeNull();
    expect(actionFor(press("?", { shiftKey: true }), dialog)).toBe("app.keys");
  });

  it("gives way to the control with the focus", () => {
    hold({ "player.toggle": () => {} });
    expect(actionFor(press(" "), { ...page, kept: true })).toBeNull();
  });

  it("gives a part of the page its own keys, while the focus is there", () => {
    hold({ "moments.nextComment": () => {}, "checklist.no": () => {}, "player.loop": () => {} });
    expect(actionFor(press("n"), page)).toBe("moments.nextComment");
    expect(actionFor(press("n"), { ...page, within: "checklist" })).toBe("checklist.no");
    expect(actionFor(press("l"), { ...page, within: "checklist" })).toBe("player.loop");
    expect(actionFor(press("y"), page)).toBeNull();
  });

  it("asks the latest holder, and the one before when that is gone", () => {
    const heard: string[] = [];
    hold({ "transcript.undo": () => heard.push("page") });
    const end = hold({ "transcript.undo": () => heard.push("editor") });
    runAction("transcript.undo");
    end();
    runAction("transcript.undo");
    expect(heard).toEqual(["editor", "page"]);
  });
});

describe("other keys by choice", () => {
  it("replaces the catalogue's, and can leave an action without any", () => {
    let changes = 0;
    undo.push(onActionsChange(() => changes++));
    hold({ "player.loop": () => {}, "player.replayTurn": () => {} });
    chooseKeys({ "player.loop": ["Mod+L"], "player.replayTurn": [] });
    expect(actionFor(press("l"), page)).toBeNull();
    expect(actionFor(press("l", { ctrlKey: true }), page)).toBe("player.loop");
    expect(chordsOf("player.replayTurn")).toEqual([]);
    expect(availableActions().map(({ id, keys }) => [id, keys])).toEqual([
      ["player.replayTurn", []],
      ["player.loop", ["Mod+L"]],
    ]);
    expect(changes).toBe(2);
  });
});
