/** Why an operation cannot be made on a transcript. It then changes nothing. */
export const operationFaults = [
  "participant-unknown",
  "participant-exists",
  "turn-unknown",
  "word-unknown",
  "words-not-adjoining",
  "turns-not-neighbours",
  "turn-has-words",
  "turn-without-words",
  "nothing-to-split",
  /** Words or sound that are hidden would be written over, moved or uncovered. */
  "hidden-words",
  "outside-recording",
] as const;
/** Why an operation cannot be made on a transcript. */
export type OperationFault = (typeof operationFaults)[number];
