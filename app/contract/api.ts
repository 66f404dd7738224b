import { z } from "zod";
import { channelSchema } from "../conversation/conversation.ts";
import { operationSchema } from "../conversation/operations.ts";
import { failureSchema } from "./errors.ts";
import {
  conversationViewSchema,
  doctorLineSchema,
  jobViewSchema,
  libraryRowSchema,
  modelViewSchema,
  noticeSchema,
  settingsChangeSchema,
  settingsSchema,
  workStateSchema,
} from "./views.ts";

/** Formats a conversation can be written in. */
export const exportFormats = ["json", "txt", "srt", "vtt", "rttm", "csv"] as const;
/** A format a conversation can be written in. */
export type ExportFormat = (typeof exportFormats)[number];

/** Where an import comes from: a path on this machine, or bytes the page has sent before. */
export const importSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("path"), path: z.string().min(1) }),
  z.object({ kind: z.literal("upload"), uploadId: z.string().min(1) }),
]);
/** Where an import comes from. */
export type ImportSource = z.infer<typeof importSourceSchema>;

const idInput = z.object({ id: z.string().min(1) });
const nothing = z.object({});

/**
 * Every call of the contract: name, what it takes, what it answers. Handlers, clients and the preload list are typed
 * from this map, so a handler that is missing does not compile. Input is parsed at the door in both shells; output is
 * parsed in tests.
 */
export const api = {
  /** What this shell can do, and whether there is anything to show yet. The page asks for capabilities, never for a platform. */
  "app.state": {
    input: nothing,
    output: z.object({
      version: z.string(),
      capabilities: z.object({
        /** Files are chosen in a dialog of the system; otherwise the page offers its own chooser and uploads. */
        nativeFileDialog: z.boolean(),
        /** Folders can be named for adding models. */
        nativeFolderDialog: z.boolean(),
      }),
      conversations: z.int().min(0),
      samplesAvailable: z.boolean(),
      libraryPath: z.string(),
      /** What befell the library and has not been dismissed. */
      notices: z.array(noticeSchema),
    }),
  },
  "notice.dismiss": { input: idInput, output: nothing },
  "library.list": {
    input: z.object({
      /** Words to look for in redacted text and titles; empty lists everything. */
      text: z.string().max(500).default(""),
      kind: z.enum(["call", "chat"]).optional(),
      channel: channelSchema.optional(),
      state: workStateSchema.optional(),
      sortBy: z
        .enum(["startedAt", "importedAt", "title", "durationMs", "agentTalkShare", "nonTalkMs", "interruptions", "relevance"])
        .default("importedAt"),
      direction: z.enum(["ascending", "descending"]).default("descending"),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ rows: z.array(libraryRowSchema), total: z.int().min(0) }),
  },
  /** Imports files. One that is already in the library answers with the conversation it is; one that fails does not stop the others. */
  "import.begin": {
    input: z.object({
      sources: z.array(importSourceSchema).min(1).max(10_000),
      separation: z.enum(["auto", "channel", "speaker"]).optional(),
      speakers: z.int().min(1).max(20).nullable().optional(),
      language: z.string().max(35).optional(),
      translate: z.boolean().optional(),
    }),
    output: z.object({
      results: z.array(
        z.object({
          name: z.string(),
          conversationId: z.string().nullable(),
          /** It was in the library before. */
          known: z.boolean(),
          failure: failureSchema.nullable(),
        }),
      ),
    }),
  },
  /** Asks for files by the shell's own dialog; the page imports what was chosen. Empty when the person cancels. */
  "import.pick": { input: nothing, output: z.object({ paths: z.array(z.string()) }) },
  /** Imports the sample conversations through the ordinary import path. */
  "import.samples": { input: nothing, output: z.object({ conversationIds: z.array(z.string()) }) },

  "conversation.get": { input: idInput, output: conversationViewSchema },
  /** Loudest and quietest sample of each of `bins` equal parts of a range, for each channel: [min, max, min, max, ...] from -127 to 127. */
  "conversation.peaks": {
    input: z.object({
      id: z.string().min(1),
      startMs: z.int().min(0),
      endMs: z.int().min(1),
      bins: z.int().min(1).max(20_000),
    }),
    output: z.object({ durationMs: z.int().min(0), channels: z.array(z.array(z.int().min(-128).max(127))) }),
  },
  /** Appends a correction, and answers with the conversation after it. */
  "conversation.correct": {
    input: z.object({ id: z.string().min(1), operation: operationSchema }),
    output: conversationViewSchema,
  },
  /** Takes back the last correction, and answers with the conversation after it. */
  "conversation.undo": { input: idInput, output: conversationViewSchema },
  "conversation.export": {
    input: z.object({ id: z.string().min(1), format: z.enum(exportFormats) }),
    output: z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  },
  "conversation.rename": {
    input: z.object({ id: z.string().min(1), title: z.string().trim().min(1).max(300) }),
    output: nothing,
  },
  /** Removes conversations with everything Earmark made of them. Originals outside the library are never touched. */
  "conversation.delete": { input: z.object({ ids: z.array(z.string().min(1)).min(1).max(10_000) }), output: nothing },

  "queue.list": {
    input: z.object({ limit: z.int().min(1).max(1_000).default(200) }),
    output: z.object({ jobs: z.array(jobViewSchema), paused: z.boolean() }),
  },
  "queue.cancel": { input: idInput, output: nothing },
  /** Goes on at the stage that failed or was cancelled. */
  "queue.retry": { input: z.object({ id: z.string().min(1) }), output: nothing },
  "queue.pause": { input: nothing, output: nothing },
  "queue.resume": { input: nothing, output: nothing },
  /** Puts the conversation that somebody is looking at first. */
  "queue.prioritise": { input: z.object({ conversationId: z.string().min(1) }), output: nothing },
  /** Hears a conversation again, with the models there are now. */
  "queue.analyseAgain": { input: z.object({ conversationId: z.string().min(1) }), output: nothing },

  "models.list": { input: nothing, output: z.object({ models: z.array(modelViewSchema), folder: z.string() }) },
  /** Begins fetching a model; progress comes as `model.changed`. */
  "models.fetch": { input: idInput, output: nothing },
  "models.cancel": { input: idInput, output: nothing },
  /** Adds the models found in a folder: copied, checked, listed. Without a path the shell asks for one. */
  "models.add": { input: z.object({ path: z.string().optional() }), output: z.object({ added: z.array(z.string()) }) },
  "models.verify": { input: idInput, output: z.object({ model: modelViewSchema }) },
  "models.remove": { input: idInput, output: nothing },

  "settings.get": { input: nothing, output: settingsSchema },
  "settings.set": { input: settingsChangeSchema, output: settingsSchema },
  "doctor.run": { input: nothing, output: z.object({ lines: z.array(doctorLineSchema) }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** The name of a call. */
export type CallName = keyof typeof api;
/** What a caller may pass: defaults may be left out. */
export type CallInput<N extends CallName> = z.input<(typeof api)[N]["input"]>;
/** What a handler gets, after parsing. */
export type ParsedInput<N extends CallName> = z.output<(typeof api)[N]["input"]>;
/** What a call answers. */
export type CallOutput<N extends CallName> = z.output<(typeof api)[N]["output"]>;
/** One handler for each call. */
export type Handlers = { readonly [N in CallName]: (input: ParsedInput<N>) => Promise<CallOutput<N>> };

/** All names, for the preload and the doors. */
export const callNames = Object.keys(api) as CallName[];

/** Whether a string from outside names a call. */
export function isCallName(name: string): name is CallName {
  // Over a wire a list of one name comes too, and would be taken for the name.
  return typeof name === "string" && Object.hasOwn(api, name);
}
