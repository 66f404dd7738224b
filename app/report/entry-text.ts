import type { LedgerEntry } from "./chain.ts";
import { type EntryData, type EntryKind, entryKinds, isEntryKind } from "./entries.ts";
import { timeText } from "./report-blocks.ts";

type Sayings = { readonly [K in EntryKind]: (data: EntryData<K>) => string };

/** What each kind of entry says, as a sentence without its subject and author. */
const sayings: Sayings = {
  "ledger-begun": ({ protection }) => `The ledger begins; its key is ${protections[protection]}.`,
  "key-changed": ({ protection }) => `Another key signs from the next entry on; it is ${protections[protection]}.`,
  "segment-begun": ({ reason, break: { seq } }) => `A new segment begins after entry ${seq}: ${reason.replaceAll("-", " ")}.`,
  import: ({ kind, bytes, sha256 }) => `A ${kind} came into the library: ${counted(bytes, "byte")}, SHA-256 ${short(sha256)}.`,
  recording: ({ bytes, sha256 }) => `A recording was added to it: ${counted(bytes, "byte")}, SHA-256 ${short(sha256)}.`,
  analysis: ({ stage, engine, device }) =>
    `Analysed: ${stage}${engine === null ? "" : ` by ${engine}`}${device === null ? "" : ` on ${device}`}.`,
  edit: ({ operations }) => `Corrected: ${listed(operations.map(({ kind }) => kind.replaceAll("-", " ")))}.`,
  undo: () => "A correction was taken back.",
  redo: () => "A correction was made again.",
  comment: ({ action }) => `A comment was ${action}.`,
  rename: () => "Given another title.",
  tags: ({ added, removed }) => `Tags were changed: ${added} added, ${removed} removed.`,
  bookmark: ({ action }) => `A bookmark was ${action}.`,
  answer: ({ question, by, evidence, model }) =>
    `Question ${question} was answered by ${by === "person" ? "a person" : by === "rule" ? "rule" : `a language model (${model?.id ?? "unknown"})`}, with ${counted(evidence, "quotation")}.`,
  question: ({ action, by, conversations, evidence, model }) =>
    questionText(action, by, conversations, evidence, model?.id ?? null),
  writing: ({ evidence, model }) =>
    `A language model (${model.id}) wrote by the prompt ${model.prompt}, version ${model.promptVersion}, with ${counted(evidence, "quotation")}.`,
  override: ({ question, answer, reason }) =>
    `${answer === null ? `The answer to question ${question} was withdrawn` : `Another answer to question ${question} took the place of the one before`}${reason === null ? "" : ", with a reason"}.`,
  evaluation: ({ form, formVersion, action }) =>
    `The evaluation by ${form}, version ${formVersion}, was ${evaluationActions[action]}.`,
  "evaluation-comment": ({ question, content }) =>
    `The comment on ${question === null ? "the evaluation" : `question ${question}`} was ${content === null ? "taken away" : "written"}.`,
  journey: ({ action }) => journeyActions[action],
  "evidence-played": ({ startMs, endMs }) => `Listened to ${timeText(startMs)} to ${timeText(endMs)}.`,
  export: ({ what, format, conversations }) =>
    `Exported: ${what} as ${format}${conversations > 1 ? `, of ${conversations} conversations` : ""}.`,
  deletion: ({ rows, files, bytes, sha256 }) =>
    `Deleted for good: ${counted(
      Object.values(rows).reduce((sum, one) => sum + one, 0),
      "row",
    )} and ${counted(files, "file")}, ${counted(bytes, "byte")}; its source had the SHA-256 ${short(sha256)}.`,
  "files-deleted": ({ files, left }) => `Its ${files === 1 ? "file is" : `${files} files are`} gone; ${left} left.`,
  "settings-changed": ({ names }) => `Settings were changed: ${listed(names)}.`,
  egress: ({ service, operation, destination, bytes }) =>
    bytes > 0
      ? `${counted(bytes, "byte")} were sent to ${service} (${operation}): ${destination}.`
      : `${service} was asked (${operation}): ${destination}.`,
  restore: ({ from }) => `An earlier state of the library was brought back: ${from}.`,
  "sample-drawn": ({ picked, population }) => `A sample was drawn: ${picked} of ${counted(population, "conversation")}.`,
  form: ({ version, action }) => `A checklist, version ${version}, was ${formActions[action]}.`,
  prompt: ({ what, version, action }) => `A ${what}, version ${version}, was ${promptActions[action]}.`,
};

const journeyActions: Readonly<Record<EntryData<"journey">["action"], string>> = {
  confirmed: "A person said that it is of the same customer as another.",
  refused: "A person said that it is of another customer than another.",
  "taken-out": "A person took it out of its customer's journey.",
  "taken-back": "A decision about its customer's journey was taken back.",
};

function questionText(
  action: EntryData<"question">["action"],
  by: EntryData<"question">["by"],
  conversations: number,
  evidence: number,
  model: string | null,
): string {
  const of = conversations === 1 ? "" : ` of ${counted(conversations, "conversation")}`;
  switch (action) {
    case "asked":
      return `A person's question was asked${of}.`;
    case "asked-again":
      return `A person's question was asked again${of}.`;
    case "answered":
      return by === "search"
        ? `${counted(evidence, "passage")} found for a person's question.`
        : `A person's question was answered by a language model (${model ?? "unknown"}), with ${counted(evidence, "quotation")}.`;
    case "cancelled":
      return `A person's question was stopped before ${counted(conversations, "conversation")} had answered.`;
    case "removed":
      return "A person's question and its answers were removed.";
  }
}

const protections: Readonly<Record<EntryData<"ledger-begun">["protection"], string>> = {
  keychain: "kept by the system's keychain",
  passphrase: "kept encrypted with a passphrase",
  permissions: "kept in a file that its permissions alone protect",
  memory: "kept in memory alone",
};

const promptActions: Readonly<Record<EntryData<"prompt">["action"], string>> = {
  saved: "saved",
  enabled: "turned on",
  disabled: "turned off",
  withdrawn: "deleted",
};

const formActions: Readonly<Record<EntryData<"form">["action"], string>> = {
  ...promptActions,
  published: "published",
  removed: "removed",
};

const evaluationActions: Readonly<Record<EntryData<"evaluation">["action"], string>> = {
  begun: "begun",
  submitted: "signed",
  reopened: "opened again",
  removed: "removed",
};

/** What an entry says, as a sentence. One of a kind that a later Earmark brought in is named by its kind. */
export function entryText({ kind, data }: Pick<LedgerEntry, "kind" | "data">): string {
  return isEntryKind(kind) ? (said(kind, data) ?? `${kindText(kind)}.`) : `${kindText(kind)}.`;
}

function said<K extends EntryKind>(kind: K, data: LedgerEntry["data"]): string | null {
  const read = entryKinds[kind].safeParse(data);
  return read.success ? sayings[kind](read.data as EntryData<K>) : null;
}

/** A kind of entry in words: "evidence played". */
export function kindText(kind: string): string {
  const words = kind.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function short(hash: string): string {
  return hash.slice(0, 12);
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en-GB")} ${thing}${count === 1 ? "" : "s"}`;
}

/** A few of many, each once: "a, b and 3 more". */
function listed(items: readonly string[]): string {
  const once = [...new Set(items)];
  const shown = once.slice(0, 5).join(", ");
  return once.length > 5 ? `${shown} and ${once.length - 5} more` : shown;
}
