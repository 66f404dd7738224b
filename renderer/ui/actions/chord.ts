/** What a key press says, as far as chords go; a `KeyboardEvent` is one. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** Keys that are no chord by themselves. */
const modifierKeys = new Set(["Control", "Meta", "Alt", "AltGraph", "Shift", "CapsLock", "Dead", "Process", "Unidentified", ""]);

/**
 * The chord that a press is, in the one spelling: modifiers in the order Mod, Alt, Shift, then the key. Null for a
 * modifier alone. Ctrl and Command are both `Mod`. Letters and digits held with Alt or Mod are told by their place on
 * the keyboard, since a Mac and some layouts turn them into other signs.
 */
export function chordOf(press: KeyPress): string | null {
  const { code, altKey, shiftKey } = press;
  const mod = press.ctrlKey || press.metaKey;
  let key = press.key;
  if (code === "Space") key = "Space";
  else if ((mod || altKey) && /^Key[A-Z]$/u.test(code) && !/^[a-z]$/iu.test(key)) key = code.slice(3);
  else if ((mod || altKey) && /^Digit\d$/u.test(code)) key = code.slice(5);
  if (modifierKeys.has(key)) return null;
  const letter = [...key].length === 1 && key.toLocaleUpperCase() !== key.toLocaleLowerCase();
  if (letter) key = key.toLocaleUpperCase();
  // A sign already tells of the Shift key: "?" is one press on some keyboards and two on others.
  const namesShift = shiftKey && (letter || [...key].length > 1);
  return `${mod ? "Mod+" : ""}${altKey ? "Alt+" : ""}${namesShift ? "Shift+" : ""}${key}`;
}

/** The parts of a chord: `"Mod+Shift++"` is `["Mod", "Shift", "+"]`. */
export function partsOf(chord: string): string[] {
  const parts: string[] = [];
  let rest = chord;
  for (
    let modifier = /^(Mod|Alt|Shift)\+(?=.)/u.exec(rest);
    modifier !== null;
    modifier = /^(Mod|Alt|Shift)\+(?=.)/u.exec(rest)
  ) {
    parts.push(modifier[1] ?? "");
    rest = rest.slice(modifier[0].length);
  }
  return [...parts, rest];
}

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  "-": "−",
};

/** The parts of a chord as they stand on keys: `["Ctrl", "F"]`, on a Mac `["⌘", "F"]`. */
export function chordLabel(chord: string, mac = isMac()): string[] {
  return partsOf(chord).map((part) => {
    if (part === "Mod") return mac ? "⌘" : "Ctrl";
    if (part === "Alt" && mac) return "⌥";
    return signs[part] ?? part;
  });
}

/** Whether this is a Mac, whose keys are called otherwise. */
function isMac(): boolean {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/u.test(navigator.userAgent);
}
