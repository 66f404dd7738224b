import { z } from "zod";
import { keyChoicesSchema } from "../../../app/contract/desk-views.ts";
import { type ActionId, actionIds, definitionOf } from "./catalogue.ts";
import { partsOf } from "./chord.ts";
import type { KeyChoices } from "./registry.ts";

/** Keys that a person has chosen, by the name of the action: names that this Earmark does not know are kept for one that does. */
export type ChosenKeys = z.infer<typeof keyChoicesSchema>;

/** Most chords of one action. */
export const mostChords = 8;

/** Why a chord cannot be had. */
export type Reserved = "window" | "system" | "editing" | "focus" | "typed";

/* What browsers do not give to pages, whatever a page asks: windows and tabs. Alt and a digit go to a tab on Linux. */
const windowChords = new Set([
  ...["N", "T", "W", "Shift+N", "Shift+T", "Shift+W", "Shift+Q", "Tab", "Shift+Tab", "PageUp", "PageDown"].map(
    (key) => `Mod+${key}`,
  ),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => [`Mod+${digit}`, `Alt+${digit}`]),
]);
const systemChords = new Set([
  ...["Alt+Tab", "Alt+Shift+Tab", "Alt+F4", "Alt+Escape", "Alt+Space", "Mod+Escape", "Mod+Shift+Escape", "Mod+Q"],
  ...["Mod+Alt+Delete", "PrintScreen", "Shift+PrintScreen", "Mod+M", "ContextMenu", "Shift+F10", "F11"],
]);
const editingChords = new Set(["Mod+A", "Mod+C", "Mod+V", "Mod+X", "Mod+Shift+V"]);
const focusChords = new Set(["Tab", "Shift+Tab", "F6", "Shift+F6"]);

/** Why an action cannot have a chord; null when it can. */
export function reservedBecause(chord: string, id: ActionId): Reserved | null {
  if (windowChords.has(chord)) return "window";
  if (systemChords.has(chord)) return "system";
  if (editingChords.has(chord)) return "editing";
  if (focusChords.has(chord)) return "focus";
  const parts = partsOf(chord);
  const key = parts.at(-1) ?? "";
  const isSign = [...key].length === 1 || key === "Space" || key === "Enter" || key === "Backspace" || key === "Delete";
  const bare = !parts.includes("Mod") && !parts.includes("Alt");
  return bare && isSign && definitionOf(id).inFields === true ? "typed" : null;
}

/** The chords of an action among these choices. */
export function chordsAmong(chosen: ChosenKeys, id: ActionId): readonly string[] {
  return chosen[id] ?? definitionOf(id).keys;
}

/** The other actions of the same part of the page that have a chord among these choices. */
export function clashesOf(chosen: ChosenKeys, id: ActionId, chord: string): ActionId[] {
  const { within } = definitionOf(id);
  return actionIds.filter(
    (other) => other !== id && definitionOf(other).within === within && chordsAmong(chosen, other).includes(chord),
  );
}

/** Gives an action a chord, and takes it from every other. */
export function withChord(chosen: ChosenKeys, id: ActionId, chord: string): ChosenKeys {
  const taken = clashesOf(chosen, id, chord).reduce((rest, other) => withoutChord(rest, other, chord), chosen);
  const present = chordsAmong(taken, id);
  if (present.includes(chord) || present.length >= mostChords) return chosen;
  return put(taken, id, [...present, chord]);
}

/** Takes a chord from an action. */
export function withoutChord(chosen: ChosenKeys, id: ActionId, chord: string): ChosenKeys {
  return put(
    chosen,
    id,
    chordsAmong(chosen, id).filter((each) => each !== chord),
  );
}

/** Gives an action its usual chords back; those that other actions have meanwhile stay with them. */
export function withUsualKeys(chosen: ChosenKeys, id: ActionId): ChosenKeys {
  const free = definitionOf(id).keys.filter((chord) => clashesOf(chosen, id, chord).length === 0);
  return put(chosen, id, free);
}

/** The choices that this Earmark knows the actions of, for `chooseKeys`. */
export function knownChoices(chosen: ChosenKeys): KeyChoices {
  return Object.fromEntries(actionIds.flatMap((id) => (chosen[id] === undefined ? [] : [[id, chosen[id]]])));
}

/** The actions whose chords are not the usual ones. */
export function changedActions(chosen: ChosenKeys): ActionId[] {
  return actionIds.filter((id) => chosen[id] !== undefined);
}

const fileSchema = z.object({ earmarkKeys: z.literal(1), keys: keyChoicesSchema });

/** Choices as a file, to be read by `readKeysFile` on another machine. */
export function writeKeysFile(chosen: ChosenKeys): string {
  return `${JSON.stringify({ earmarkKeys: 1, keys: chosen } satisfies z.infer<typeof fileSchema>, null, 2)}\n`;
}

/** The choices of a file: chords that cannot be had, or that another action of the file has, are left out; null when it is no such file. */
export function readKeysFile(text: string): ChosenKeys | null {
  let parsed: z.infer<typeof fileSchema>;
  try {
    parsed = fileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
  let chosen: ChosenKeys = Object.fromEntries(
    Object.entries(parsed.keys).filter(([name]) => !actionIds.some((id) => id === name)),
  );
  // Those without a key first, so that the others can have what they let go of.
  const named = actionIds.filter((id) => parsed.keys[id] !== undefined);
  for (const id of named) chosen = put(chosen, id, []);
  for (const id of named) {
    for (const chord of parsed.keys[id] ?? []) {
      const free = reservedBecause(chord, id) === null && clashesOf(chosen, id, chord).length === 0;
      if (free) chosen = withChord(chosen, id, chord);
    }
  }
  return chosen;
}

function put(chosen: ChosenKeys, id: ActionId, chords: readonly string[]): ChosenKeys {
  const { [id]: _, ...others } = chosen;
  const usual = definitionOf(id).keys;
  const same = chords.length === usual.length && usual.every((chord) => chords.includes(chord));
  return same ? others : { ...others, [id]: [...chords] };
}
