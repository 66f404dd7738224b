export {
  type ActionDefinition,
  type ActionGroup,
  type ActionId,
  actionGroups,
  actionIds,
  definitionOf,
  fixedKeys,
} from "./catalogue.ts";
export {
  type ChosenKeys,
  changedActions,
  chordsAmong,
  clashesOf,
  knownChoices,
  mostChords,
  type Reserved,
  readKeysFile,
  reservedBecause,
  withChord,
  withoutChord,
  withUsualKeys,
  writeKeysFile,
} from "./choosing.ts";
export { chordLabel, chordOf, type KeyPress, partsOf } from "./chord.ts";
export {
  type ActionRuns,
  type AvailableAction,
  actionsWith,
  availableActions,
  chooseKeys,
  chordsOf,
  hearKeys,
  holdActions,
  type KeyChoices,
  onActionsChange,
  runAction,
} from "./registry.ts";
export { useActions, useAvailableActions, useChords } from "./use-actions.ts";
