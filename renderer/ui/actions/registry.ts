import { isCovered, isTyping } from "../typing.ts";
import { type ActionDefinition, type ActionId, actionIds, definitionOf } from "./catalogue.ts";
import { chordOf, type KeyPress } from "./chord.ts";

/** What each action does, by those who can do it. */
export type ActionRuns = { readonly [id in ActionId]?: (() => void) | undefined };

/** Other chords than the catalogue's, as a person chose them; an empty list leaves an action without a key. */
export type KeyChoices = { readonly [id in ActionId]?: readonly string[] | undefined };

/** An action that can be run now. */
export interface AvailableAction extends ActionDefinition {
  readonly id: ActionId;
}

/* The component that was mounted last has the say: a dialog over a page holds an action as long as it is open. */
const held = new Map<ActionId, (() => void)[]>();
const listeners = new Set<() => void>();
let choices: KeyChoices = {};
let available: readonly AvailableAction[] = [];

function settle(): void {
  available = actionIds
    .filter((id) => (held.get(id)?.length ?? 0) > 0)
    .map((id) => ({ id, ...definitionOf(id), keys: chordsOf(id) }));
  for (const listener of listeners) listener();
}

/** Says what some actions do from now on; answers with the undo. */
export function holdActions(runs: ActionRuns): () => void {
  const mine = Object.entries(runs).filter((entry): entry is [ActionId, () => void] => entry[1] !== undefined);
  for (const [id, run] of mine) held.set(id, [...(held.get(id) ?? []), run]);
  settle();
  return () => {
    for (const [id, run] of mine)
      held.set(
        id,
        (held.get(id) ?? []).filter((each) => each !== run),
      );
    settle();
  };
}

/** Runs an action, and answers whether anybody held it. */
export function runAction(id: ActionId): boolean {
  const run = held.get(id)?.at(-1);
  run?.();
  return run !== undefined;
}

/** The actions that somebody holds, in the catalogue's order, with the chords that hold; the same list until that changes. */
export function availableActions(): readonly AvailableAction[] {
  return available;
}

/** Hears when other actions can be run, or other chords run them; answers with the undo. */
export function onActionsChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chords that run an action: the person's, else the catalogue's. */
export function chordsOf(id: ActionId): readonly string[] {
  return choices[id] ?? definitionOf(id).keys;
}

/** Puts a person's chords in the place of the catalogue's, all of them at once. */
export function chooseKeys(next: KeyChoices): void {
  choices = next;
  settle();
}

/** The actions that a chord runs, in the catalogue's order: more than one is a clash, which only one of them can win. */
export function actionsWith(chord: string): ActionId[] {
  return actionIds.filter((id) => chordsOf(id).includes(chord));
}

/** Where a key is pressed, as far as it matters to actions. */
export interface Place {
  /** In a field that takes text. */
  readonly typing: boolean;
  /** A dialog or a menu lies over the page. */
  readonly covered: boolean;
  /** The element with the focus keeps this chord for itself. */
  readonly kept: boolean;
  /** The part of the page that the focus is in, where it has keys of its own. */
  readonly within?: string | null;
}

/** The action that a press runs here: the first held one of the catalogue; null when there is none. */
export function actionFor(press: KeyPress, { typing, covered, kept, within = null }: Place): ActionId | null {
  const chord = chordOf(press);
  if (chord === null) return null;
  const all = actionsWith(chord);
  // What belongs to the part of the page with the focus comes before what belongs to the page.
  const inOrder = [
    ...all.filter((id) => within !== null && definitionOf(id).within === within),
    ...all.filter((id) => definitionOf(id).within === undefined),
  ];
  for (const id of inOrder) {
    const { inFields, overDialogs } = definitionOf(id);
    if (covered && overDialogs !== true) continue;
    if (typing && inFields !== true) continue;
    if (kept && inFields !== true) continue;
    if ((held.get(id)?.length ?? 0) > 0) return id;
  }
  return null;
}

/** Whether a focused control needs this key itself: Space presses a button, arrows move in a row of tabs. */
function keepsKey(target: EventTarget | null, { code, key, altKey, ctrlKey, metaKey }: KeyPress): boolean {
  if (!(target instanceof Element) || altKey || ctrlKey || metaKey) return false;
  if (code === "Space" || key === "Enter") return target.closest("button, a, input, select, summary, [role=button]") !== null;
  return key.startsWith("Arrow") && target.closest("[role=tab], [role=slider], [role=radio], input[type=radio]") !== null;
}

/** Hears the keys of a window and runs actions by them; answers with the undo. */
export function hearKeys(target: Window): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const id = actionFor(event, {
      typing: isTyping(event.target),
      covered: isCovered(),
      kept: keepsKey(event.target, event),
      within: event.target instanceof Element ? (event.target.closest("[data-keys]")?.getAttribute("data-keys") ?? null) : null,
    });
    if (id !== null && runAction(id)) event.preventDefault();
  };
  target.addEventListener("keydown", hear);
  return () => target.removeEventListener("keydown", hear);
}
