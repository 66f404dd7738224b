/*
 * Every action that a key can run, in one place: the list of keys, the palette and the settings read it here. What an
 * action does is given by the component that can do it (`useActions`); an action that nobody holds at the moment has no
 * effect, and its keys are free for the browser.
 *
 * A chord is written as in "Mod+Shift+ArrowLeft": `Mod` is Ctrl, or Command on a Mac; letters are capitals whatever the
 * Shift key; signs such as "?" or "+" stand for themselves, and Shift is not named with them.
 */

/** Where an action is listed. */
export const actionGroups = [
  "player",
  "moments",
  "waveform",
  "transcript",
  "checklist",
  "writing",
  "library",
  "ledger",
  "everywhere",
] as const;
/** Where an action is listed. */
export type ActionGroup = (typeof actionGroups)[number];

/** What is known of an action before anybody can run it. */
export interface ActionDefinition {
  readonly group: ActionGroup;
  /** The chords that run it until a person chooses others. */
  readonly keys: readonly string[];
  /** Its keys act while text is being typed too. */
  readonly inFields?: true;
  /** Its keys act while a dialog or a menu lies over the page. */
  readonly overDialogs?: true;
  /** Its keys act while the focus is in this part of the page (`data-keys`) alone, and come before those of the page there. */
  readonly within?: "checklist";
}

const definitions = {
  "player.toggle": { group: "player", keys: ["Space"] },
  "player.toggleAnywhere": { group: "player", keys: ["Mod+Space", "Escape"], inFields: true },
  "player.back1": { group: "player", keys: ["ArrowLeft"] },
  "player.forward1": { group: "player", keys: ["ArrowRight"] },
  "player.back5": { group: "player", keys: ["Shift+ArrowLeft"] },
  "player.forward5": { group: "player", keys: ["Shift+ArrowRight"] },
  "player.back3": { group: "player", keys: ["F1"], inFields: true },
  "player.forward3": { group: "player", keys: ["F2"], inFields: true },
  "player.slower": { group: "player", keys: ["F3"], inFields: true },
  "player.faster": { group: "player", keys: ["F4"], inFields: true },
  "player.normalSpeed": { group: "player", keys: ["Shift+F4"], inFields: true },
  "player.replayTurn": { group: "player", keys: ["R"] },
  "player.loop": { group: "player", keys: ["L"] },
  "player.skipSilence": { group: "player", keys: ["J"] },
  "player.hearSide": { group: "player", keys: ["M"] },
  "moments.previousTurn": { group: "moments", keys: ["Alt+ArrowUp"], inFields: true },
  "moments.nextTurn": { group: "moments", keys: ["Alt+ArrowDown"], inFields: true },
  "moments.previousDoubt": { group: "moments", keys: ["Shift+F8"], inFields: true },
  "moments.nextDoubt": { group: "moments", keys: ["F8"], inFields: true },
  "moments.previousSilence": { group: "moments", keys: ["Shift+S"] },
  "moments.nextSilence": { group: "moments", keys: ["S"] },
  "moments.previousInterruption": { group: "moments", keys: ["Shift+B"] },
  "moments.nextInterruption": { group: "moments", keys: ["B"] },
  "moments.previousSound": { group: "moments", keys: ["Shift+H"] },
  "moments.nextSound": { group: "moments", keys: ["H"] },
  "moments.previousComment": { group: "moments", keys: ["Shift+N"] },
  "moments.nextComment": { group: "moments", keys: ["N"] },
  "moments.previousBookmark": { group: "moments", keys: ["Shift+K"] },
  "moments.nextBookmark": { group: "moments", keys: ["K"] },
  "moments.previousRedaction": { group: "moments", keys: [] },
  "moments.nextRedaction": { group: "moments", keys: [] },
  "moments.previousAnswer": { group: "moments", keys: [] },
  "moments.nextAnswer": { group: "moments", keys: [] },
  "moments.previousUnanswered": { group: "moments", keys: ["Shift+Q"] },
  "moments.nextUnanswered": { group: "moments", keys: ["Q"] },
  "moments.previousMark": { group: "moments", keys: ["Shift+D"] },
  "moments.nextMark": { group: "moments", keys: ["D"] },
  "moments.openMarker": { group: "moments", keys: ["Y"] },
  "waveform.zoomIn": { group: "waveform", keys: ["+", "="] },
  "waveform.zoomOut": { group: "waveform", keys: ["-", "−"] },
  "waveform.fit": { group: "waveform", keys: ["0"] },
  "waveform.zoomTurn": { group: "waveform", keys: ["Shift+Z"] },
  "waveform.zoomSelection": { group: "waveform", keys: ["Z"] },
  "waveform.selectFrom": { group: "waveform", keys: ["I"] },
  "waveform.selectTo": { group: "waveform", keys: ["O"] },
  "waveform.selectTurn": { group: "waveform", keys: ["U"] },
  "waveform.selectNothing": { group: "waveform", keys: ["X"] },
  "waveform.playSelection": { group: "waveform", keys: ["P"] },
  "waveform.tracks": { group: "waveform", keys: ["Alt+S"] },
  "waveform.saveClip": { group: "waveform", keys: ["Mod+Shift+S"] },
  "transcript.follow": { group: "transcript", keys: ["F"] },
  "transcript.find": { group: "transcript", keys: ["Mod+F"], inFields: true },
  "transcript.replace": { group: "transcript", keys: ["Mod+H"], inFields: true },
  "transcript.edit": { group: "transcript", keys: ["E"] },
  "transcript.split": { group: "transcript", keys: ["Mod+Enter"] },
  "transcript.merge": { group: "transcript", keys: ["Mod+J"], inFields: true },
  "transcript.give": { group: "transcript", keys: ["G"] },
  "transcript.redact": { group: "transcript", keys: ["Mod+Shift+X"], inFields: true },
  "transcript.accept": { group: "transcript", keys: ["A"] },
  "transcript.earlier": { group: "transcript", keys: ["Alt+ArrowLeft"] },
  "transcript.later": { group: "transcript", keys: ["Alt+ArrowRight"] },
  "transcript.endEarlier": { group: "transcript", keys: ["Alt+Shift+ArrowLeft"] },
  "transcript.endLater": { group: "transcript", keys: ["Alt+Shift+ArrowRight"] },
  "transcript.undo": { group: "transcript", keys: ["Mod+Z"] },
  "transcript.redo": { group: "transcript", keys: ["Mod+Shift+Z", "Mod+Y"] },
  "transcript.comment": { group: "transcript", keys: ["C"] },
  "transcript.bookmark": { group: "transcript", keys: ["Mod+B"], inFields: true },
  "transcript.tags": { group: "transcript", keys: ["Shift+T"] },
  "transcript.machine": { group: "transcript", keys: ["V"] },
  "transcript.confidence": { group: "transcript", keys: ["W"] },
  "transcript.translation": { group: "transcript", keys: ["T"] },
  "transcript.marks": { group: "transcript", keys: ["Alt+M"] },
  "transcript.readAloud": { group: "transcript", keys: ["Alt+R"] },
  "checklist.go": { group: "checklist", keys: ["Alt+J"], inFields: true },
  "summary.go": { group: "checklist", keys: ["Alt+W"], inFields: true },
  "summary.write": { group: "checklist", keys: [] },
  "checklist.next": { group: "checklist", keys: ["ArrowDown"], within: "checklist" },
  "checklist.previous": { group: "checklist", keys: ["ArrowUp"], within: "checklist" },
  "checklist.nextWaiting": { group: "checklist", keys: ["Shift+ArrowDown"], within: "checklist" },
  "checklist.previousWaiting": { group: "checklist", keys: ["Shift+ArrowUp"], within: "checklist" },
  "checklist.yes": { group: "checklist", keys: ["Y"], within: "checklist" },
  "checklist.no": { group: "checklist", keys: ["N"], within: "checklist" },
  "checklist.notApplicable": { group: "checklist", keys: ["A"], within: "checklist" },
  "checklist.write": { group: "checklist", keys: ["W"], within: "checklist" },
  "checklist.accept": { group: "checklist", keys: ["Enter"], within: "checklist" },
  "checklist.stillSo": { group: "checklist", keys: ["S"], within: "checklist" },
  "checklist.reason": { group: "checklist", keys: ["R"], within: "checklist" },
  "checklist.comment": { group: "checklist", keys: ["C"], within: "checklist" },
  "checklist.play": { group: "checklist", keys: ["Space", "P"], within: "checklist" },
  "checklist.attach": { group: "checklist", keys: ["E"], within: "checklist" },
  "checklist.listenNext": { group: "checklist", keys: ["L"], within: "checklist" },
  "checklist.instructions": { group: "checklist", keys: ["I"], within: "checklist" },
  "checklist.withdraw": { group: "checklist", keys: ["Backspace"], within: "checklist" },
  "checklist.undo": { group: "checklist", keys: ["Mod+Z"], within: "checklist" },
  "checklist.submit": { group: "checklist", keys: ["Mod+Enter"], within: "checklist" },
  "checklist.reopen": { group: "checklist", keys: ["O"], within: "checklist" },
  "writing.save": { group: "writing", keys: ["Mod+S"], inFields: true, overDialogs: true },
  "prompts.create": { group: "writing", keys: ["Mod+Alt+P"], inFields: true },
  "checklists.create": { group: "writing", keys: ["Mod+Alt+N"], inFields: true },
  "checklists.import": { group: "writing", keys: ["Mod+O"], inFields: true },
  "questions.ask": { group: "library", keys: ["Alt+A"] },
  "ledger.verify": { group: "ledger", keys: ["Shift+V"] },
  "ledger.export": { group: "ledger", keys: ["Shift+E"] },
  "ledger.rotateKey": { group: "ledger", keys: [] },
  "app.palette": { group: "everywhere", keys: ["Mod+K", "Mod+Shift+P"], inFields: true, overDialogs: true },
  "app.keys": { group: "everywhere", keys: ["?"], overDialogs: true },
  "app.library": { group: "everywhere", keys: ["Alt+L"] },
  "library.report": { group: "library", keys: ["Alt+Shift+R"] },
  "library.export": { group: "library", keys: ["Mod+Shift+E"] },
  "review.next": { group: "library", keys: ["]"] },
  "journeys.open": { group: "library", keys: ["Alt+Shift+Y"] },
  "journeys.previous": { group: "library", keys: ["{"] },
  "journeys.next": { group: "library", keys: ["}"] },
  "review.finish": { group: "library", keys: ["Mod+Shift+Enter"], inFields: true },
  "app.day": { group: "everywhere", keys: ["Alt+D"] },
  "app.insights": { group: "everywhere", keys: ["Alt+I"] },
  "app.questions": { group: "everywhere", keys: ["Alt+Shift+A"] },
  "app.categories": { group: "everywhere", keys: ["Alt+C"] },
  "app.journeys": { group: "everywhere", keys: ["Alt+Y"] },
  "app.checklists": { group: "everywhere", keys: ["Alt+K"] },
  "app.prompts": { group: "everywhere", keys: ["Alt+P"] },
  "app.queue": { group: "everywhere", keys: ["Alt+Q"] },
  "app.ledger": { group: "everywhere", keys: ["Alt+G"] },
  "app.settings": { group: "everywhere", keys: ["Mod+,"], inFields: true },
  "app.sources": { group: "everywhere", keys: ["Alt+Shift+S"] },
  "queue.hold": { group: "library", keys: ["Alt+Shift+H"] },
  "app.keysSettings": { group: "everywhere", keys: [] },
  "app.newWindow": { group: "everywhere", keys: ["Mod+Shift+O"], inFields: true },
  "app.print": { group: "everywhere", keys: ["Mod+P"], inFields: true },
  "app.scheme": { group: "everywhere", keys: [] },
} as const satisfies Record<string, ActionDefinition>;

/** The name of an action. Its words are in `text/actions.ts` under the same name. */
export type ActionId = keyof typeof definitions;

/** Every action, in the order in which it is listed. */
export const actionIds = Object.keys(definitions) as ActionId[];

/** What is known of an action. */
export function definitionOf(id: ActionId): ActionDefinition {
  return definitions[id];
}

/**
 * Keys that belong to the element with the focus (a list, the words, a search box). They are listed beside the others,
 * and cannot be changed.
 */
export const fixedKeys = [
  { id: "fixed.enterWords", group: "transcript", keys: ["Enter"] },
  { id: "fixed.playWord", group: "transcript", keys: ["Enter"] },
  { id: "fixed.words", group: "transcript", keys: ["ArrowLeft", "ArrowRight"] },
  { id: "fixed.wordTurns", group: "transcript", keys: ["ArrowUp", "ArrowDown"] },
  { id: "fixed.selectWords", group: "transcript", keys: ["Shift+ArrowLeft", "Shift+ArrowRight"] },
  { id: "fixed.giveTo", group: "transcript", keys: ["1", "9"] },
  { id: "fixed.saveText", group: "transcript", keys: ["Enter", "Escape"] },
  { id: "fixed.splitText", group: "transcript", keys: ["Mod+Enter"] },
  { id: "fixed.playTyping", group: "transcript", keys: ["Tab"] },
  { id: "fixed.findStep", group: "transcript", keys: ["Enter", "Shift+Enter"] },
  { id: "fixed.option", group: "checklist", keys: ["1", "9"] },
  { id: "fixed.saveField", group: "checklist", keys: ["Mod+Enter"] },
  { id: "fixed.complete", group: "writing", keys: ["Mod+Space"] },
  { id: "fixed.nextFault", group: "writing", keys: ["F8"] },
  { id: "fixed.findText", group: "writing", keys: ["Mod+F"] },
  { id: "fixed.indent", group: "writing", keys: ["Mod+]", "Mod+["] },
  { id: "fixed.searchBox", group: "library", keys: ["/"] },
  { id: "fixed.upDown", group: "library", keys: ["ArrowUp", "ArrowDown"] },
  { id: "fixed.pages", group: "library", keys: ["PageUp", "PageDown", "Home", "End"] },
  { id: "fixed.proposal", group: "library", keys: ["Y", "N"] },
  { id: "fixed.open", group: "library", keys: ["Enter"] },
  { id: "fixed.select", group: "library", keys: ["Space"] },
  { id: "fixed.selectRange", group: "library", keys: ["Shift+ArrowUp", "Shift+ArrowDown"] },
  { id: "fixed.moveColumn", group: "library", keys: ["Alt+Shift+ArrowLeft", "Alt+Shift+ArrowRight"] },
  { id: "fixed.sizeColumn", group: "library", keys: ["Alt+ArrowLeft", "Alt+ArrowRight"] },
  { id: "fixed.deleteRow", group: "library", keys: ["Delete"] },
] as const satisfies readonly { readonly id: string; readonly group: ActionGroup; readonly keys: readonly string[] }[];
