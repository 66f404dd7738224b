import { z } from "zod";

/*
 * What the ledger records, and what each entry says. Nothing that was said or written by anybody, no name of a customer, no
 * value of a setting, no file name: ids, counts, and hashes. What content is stood for by is a commitment (HMAC-SHA-256
 * with a salt of the conversation's own, kept beside it): it proves the content to whoever has both, and stands for nothing
 * once the conversation, and the salt with it, are deleted. A hash alone would give short words away to whoever guesses them.
 */

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);
const commitment = hex64;
const count = z.int().min(0);
/** Names of fields, tables, stages: Earmark's own words. */
const name = z.string().min(1).max(200);
const id = z.string().min(1).max(200);

/** How a signing key is kept: by the system's keychain, by a passphrase, by the permissions of its file alone, or in memory. */
export const keyProtectionSchema = z.enum(["keychain", "passphrase", "permissions", "memory"]);
/** How a signing key is kept. */
export type KeyProtection = z.infer<typeof keyProtectionSchema>;

const newKey = { publicKey: hex64, protection: keyProtectionSchema };

/** Why a segment had to begin. */
export const breakReasonSchema = z.enum(["key-missing", "key-damaged", "key-locked", "chain-broken", "truncated"]);
/** Why a segment had to begin. */
export type BreakReason = z.infer<typeof breakReasonSchema>;

const model = z.object({ id: z.string(), sha256: z.string().nullable().optional(), task: z.string().optional() });

/** Of a model's answer: who was asked and how; hashes of what was sent and what came. */
const askedModel = z.strictObject({
  id: z.string(),
  profile: z.string().nullable(),
  region: z.string().nullable(),
  prompt: z.string(),
  promptVersion: z.union([z.string(), count]),
  request: commitment,
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
});

/**
 * Every kind of entry with what its `data` holds. Its `subject` is the id of the conversation that it concerns, unless the
 * line says otherwise. A kind is never removed, and a field of one never gets another meaning.
 */
export const entryKinds = {
  /** The first entry of a ledger, signed by the key it names. No subject. */
  "ledger-begun": z.strictObject({ version: z.literal(1), ...newKey }),
  /** The old key hands over: the entry is signed by the old key, `proof` by the new one. No subject. */
  "key-changed": z.strictObject({ ...newKey, proof: z.string().regex(/^[0-9a-f]{128}$/u) }),
  /** A chain that could not be gone on with as it was; signed by the key it names. `break`: the last entry there was, and what was wrong. No subject. */
  "segment-begun": z.strictObject({
    ...newKey,
    reason: breakReasonSchema,
    break: z.strictObject({ seq: count, hash: hex64.nullable(), finding: z.string().nullable(), at: count.nullable() }),
  }),
  /** Taken into the library. `sha256` is over the file. */
  import: z.strictObject({ sha256: z.string(), bytes: count, kind: z.enum(["call", "chat"]) }),
  /** A recording was added to a transcript. `sha256` is over the recording. */
  recording: z.strictObject({ sha256: z.string(), bytes: count }),
  /** A stage of the analysis ended well. */
  analysis: z.strictObject({
    stage: name,
    version: count,
    /** Over everything that the result depends on: options, models, earlier results. */
    inputHash: z.string(),
    result: commitment,
    engine: z.string().nullable(),
    device: z.string().nullable(),
    models: z.array(model),
    parameters: z.record(name, z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
  /** Corrections made as one change. */
  edit: z.strictObject({
    change: id,
    operations: z.array(z.strictObject({ id, kind: name, content: commitment })),
    /** The hearing that they speak of. */
    words: commitment.nullable(),
  }),
  undo: z.strictObject({ change: id }),
  redo: z.strictObject({ change: id }),
  comment: z.strictObject({
    comment: id,
    thread: id,
    action: z.enum(["added", "edited", "deleted", "resolved", "reopened"]),
    content: commitment.nullable(),
  }),
  /** A conversation was given another title by a person. */
  rename: z.strictObject({ title: commitment }),
  /** A conversation's tags were changed: how many came and went, and all that it has now, in order. */
  tags: z.strictObject({ added: count, removed: count, tags: commitment }),
  /** A place was marked to find it again. `content`: its label. */
  bookmark: z.strictObject({
    bookmark: id,
    action: z.enum(["added", "renamed", "removed"]),
    content: commitment.nullable(),
  }),
  /**
   * A person's own question was asked (subject: the conversation, or null where it is of many), answered by a model or by passages
   * that were found, stopped, or removed.
   */
  question: z.strictObject({
    question: id,
    action: z.enum(["asked", "asked-again", "answered", "cancelled", "removed"]),
    by: z.enum(["model", "search"]),
    conversations: count,
    /** Of the question, where it is asked of one conversation, and of its answer. */
    content: commitment.nullable(),
    /** How many places the answer quotes. */
    evidence: count,
    model: askedModel.nullable(),
  }),
  /** A question of a form was answered, by whomever. */
  answer: z.strictObject({
    evaluation: id,
    form: id,
    formVersion: z.union([z.string(), count]),
    formHash: z.string(),
    question: id,
    by: z.enum(["rule", "model", "person"]),
    answer: commitment,
    /** How many places it quotes. */
    evidence: count,
    model: askedModel.nullable(),
  }),
  /** A language model wrote of the conversation by a prompt: a summary, next actions. */
  writing: z.strictObject({
    writing: id,
    promptHash: z.string(),
    /** Of what was written, with its justification. */
    text: commitment,
    /** How many places it quotes. */
    evidence: count,
    model: askedModel,
  }),
  /** A person's answer took the place of another. */
  override: z.strictObject({
    evaluation: id,
    question: id,
    replaces: commitment.nullable(),
    answer: commitment.nullable(),
    /** The reason as written; null where none was given. */
    reason: commitment.nullable(),
  }),
  /** An evaluation was begun, handed in, taken back or removed. */
  evaluation: z.strictObject({
    evaluation: id,
    form: id,
    formVersion: z.union([z.string(), count]),
    formHash: z.string(),
    action: z.enum(["begun", "submitted", "reopened", "removed"]),
    /** Of the answers and the score at this moment. */
    content: commitment.nullable(),
  }),
  /** A person wrote beside a question, or beside the whole evaluation; null where that was taken away. */
  "evaluation-comment": z.strictObject({ evaluation: id, question: id.nullable(), content: commitment.nullable() }),
  /** A person decided whose customer's a conversation is: one with `other`, not one with it, taken out alone, or one of these taken back. */
  journey: z.strictObject({
    decision: id,
    action: z.enum(["confirmed", "refused", "taken-out", "taken-back"]),
    other: id.nullable(),
  }),
  /** Sound that bears an answer out was listened to; times from the start of the recording. */
  "evidence-played": z.strictObject({
    evaluation: id.nullable(),
    question: id.nullable(),
    startMs: count,
    endMs: count,
  }),
  /** Something left Earmark by hand. Subject: the conversation, or null where it is of many. */
  export: z.strictObject({
    what: z.enum(["conversation", "clip", "report", "ledger", "form", "evaluations", "answers"]),
    format: name,
    conversations: count,
    content: commitment.nullable(),
  }),
  /** A conversation was removed, with these rows and files. */
  deletion: z.strictObject({
    sha256: z.string(),
    rows: z.record(name, count),
    files: count,
    bytes: count,
  }),
  /** The files of a removed conversation are gone, too. */
  "files-deleted": z.strictObject({ sha256: z.string(), files: count, left: count }),
  /** Settings were changed: their names, never what they are. No subject. */
  "settings-changed": z.strictObject({ names: z.array(name) }),
  /** Something was sent to a service, or removed there. Subject: the conversation, where it is known. */
  egress: z.strictObject({
    service: name,
    operation: name,
    region: z.string().nullable(),
    destination: z.string(),
    fields: z.array(z.string()),
    bytes: count,
    content: commitment.nullable(),
  }),
  /** An earlier state of the library was brought back. No subject. */
  restore: z.strictObject({ from: name, sha256: z.string().nullable() }),
  /** Conversations were drawn for review. Subject: the run. `picks` is SHA-256 over the canonical JSON of the ids in order. */
  "sample-drawn": z.strictObject({ seed: z.string(), plan: hex64, population: count, picked: count, picks: hex64 }),
  /** A form was saved, published, turned on or off, or withdrawn. Subject: the form. */
  form: z.strictObject({
    version: z.union([z.string(), count]),
    hash: z.string(),
    action: z.enum(["saved", "published", "enabled", "disabled", "withdrawn", "removed"]),
  }),
  /** What a language model is told was kept, turned on or off, or taken out. Subject: the prompt or workflow. */
  prompt: z.strictObject({
    what: z.enum(["prompt", "workflow"]),
    version: count,
    hash: z.string(),
    action: z.enum(["saved", "enabled", "disabled", "withdrawn"]),
  }),
} as const;

/** The name of a kind of entry. */
export type EntryKind = keyof typeof entryKinds;

/** What an entry of a kind says. */
export type EntryData<K extends EntryKind> = z.infer<(typeof entryKinds)[K]>;

/** Whether a name is that of a kind that this Earmark knows. */
export function isEntryKind(kind: string): kind is EntryKind {
  return Object.hasOwn(entryKinds, kind);
}
