import { z } from "zod";
import { formSchema } from "../conformity/form.ts";
import { largestForm } from "../conformity/form-text.ts";
import { anchorInputSchema } from "../conversation/anchors.ts";
import { channelSchema, conversationSchema, spanSchema } from "../conversation/conversation.ts";
import { enginePreferenceSchema } from "../conversation/engine-choice.ts";
import { operationSchema } from "../conversation/operations.ts";
import { reviewReasonSchema, samplingPlanSchema } from "../conversation/sampling.ts";
import { vocabularySchema } from "../conversation/vocabulary.ts";
import { categorySchema, ruleSchema } from "../insight/rules.ts";
import {
  categoryFindingSchema,
  categoryOutcomeSchema,
  categoryViewSchema,
  driversSchema,
  ruleTrialSchema,
  tellingSpanSchema,
} from "./category-views.ts";
import {
  answerInputSchema,
  checklistViewSchema,
  evaluationLineSchema,
  evaluationViewSchema,
  formFaultSchema,
} from "./conformity-views.ts";
import { clipSchema, windowNameSchema, windowPlaceSchema, windowPlacesSchema } from "./desk-views.ts";
import {
  bookmarkSchema,
  changeSchema,
  commentBodySchema,
  draftedTextSchema,
  draftPlaceSchema,
  draftSchema,
  leftBehindSchema,
  originalViewSchema,
  tagSchema,
  threadSchema,
} from "./editing-views.ts";
import { egressViewSchema, enginePlanSchema, offloadTrialSchema, providerViewSchema } from "./engine-views.ts";
import { failureSchema } from "./errors.ts";
import { importReportSchema, tablePreviewSchema } from "./import-views.ts";
import { languageTrialSchema } from "./insight-views.ts";
import {
  bucketPlanSchema,
  intakeHoldSchema,
  intakeItemSchema,
  intakeSourceSchema,
  intakeStateSchema,
  intakeTrialSchema,
  pathPatternsSchema,
  plannedObjectSchema,
  watchedPlanSchema,
} from "./intake-views.ts";
import { journeyCalls, journeyDecisionSchema, journeyPlaceSchema, journeyViewSchema } from "./journey-views.ts";
import {
  ledgerExports,
  ledgerFacetsSchema,
  ledgerFilterSchema,
  ledgerPageSchema,
  ledgerStateSchema,
  verificationSchema,
} from "./ledger-views.ts";
import {
  deletionSchema,
  dueReviewSchema,
  libraryLookSchema,
  reviewStateSchema,
  samplingRunSchema,
  savedNameSchema,
  savedPlanSchema,
  savedViewSchema,
  sortKeys,
} from "./library-views.ts";
import {
  againSchema,
  answersWantedSchema,
  askedAnswerSchema,
  newQuestionSchema,
  questionPlanSchema,
  questionViewSchema,
} from "./question-views.ts";
import { periodFormats, reportBundleSchema, reportFileSchema, reportFormats, reportPeriodSchema } from "./report-views.ts";
import {
  conversationViewSchema,
  doctorLineSchema,
  jobViewSchema,
  libraryRowSchema,
  modelViewSchema,
  noticeSchema,
  precisionSchema,
  settingsChangeSchema,
  settingsSchema,
  workStateSchema,
} from "./views.ts";
import { writerTrialSchema } from "./writer-views.ts";
import { promptPlaceSchema, promptTextSchema, promptViewSchema, writingsSchema, writingViewSchema } from "./writing-views.ts";

/** Formats a conversation can be written in. */
export const exportFormats = [
  "docx",
  "txt",
  "srt",
  "vtt",
  "csv",
  "json",
  "vcon",
  "contact-lens",
  "pca",
  "whisperx",
  "rttm",
  "ctm",
  "stm",
] as const;
/** A format a conversation can be written in. */
export type ExportFormat = (typeof exportFormats)[number];

/** Where an import comes from: a path on this machine, or bytes the page has sent before. */
export const importSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("path"), path: z.string().min(1) }),
  z.object({ kind: z.literal("upload"), uploadId: z.string().min(1) }),
]);
/** Where an import comes from. */
export type ImportSource = z.infer<typeof importSourceSchema>;

/** What an import asks of the speech engine; what is left out follows the settings. */
const importWishesSchema = z.object({
  separation: z.enum(["auto", "channel", "speaker"]).optional(),
  speakers: z.int().min(1).max(20).nullable().optional(),
  /** Between how many voices a mono recording has, where nobody knows exactly. */
  speakerRange: z
    .object({ least: z.int().min(1).max(20), most: z.int().min(1).max(20) })
    .refine(({ least, most }) => least <= most, "The least is more than the most.")
    .optional(),
  language: z.string().max(35).optional(),
  /** Where these recordings are heard; left out, as the settings say. */
  engine: enginePreferenceSchema.optional(),
  translate: z.boolean().optional(),
  /** The languages that may be spoken, where `language` is "auto" or left out. */
  languages: z.array(z.string().min(2).max(35)).max(20).optional(),
  /** Terms and replacements for these recordings, beside the library's own. */
  vocabulary: vocabularySchema.optional(),
  /** Lines the recogniser follows at once; more are slower and a little more often right. */
  beams: z.int().min(1).max(8).optional(),
});

const idInput = z.object({ id: z.string().min(1) });
const nothing = z.object({});
const evaluationQuestionInput = z.object({ id: z.string().min(1), questionId: z.string().min(1) });
const conversationInput = z.object({ conversationId: z.string().min(1) });

/** What goes with every correction. */
const correctionFields = {
  id: z.string().min(1),
  /**
   * The revision it was made on; left out, the present one. Made on an earlier one it is applied when nothing that it
   * rests on has changed since, and refused with `conflict` (details.revision: the present one) otherwise.
   */
  revision: z.string().optional(),
  /** The draft that this saves for good: gone in the same moment. */
  draft: draftPlaceSchema.optional(),
};
const threadOutput = z.object({ thread: threadSchema });

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
        /** Windows are opened, and opened again after a start, by the shell; otherwise by the page. */
        windows: z.boolean(),
        /** The shell tells of long jobs by itself; otherwise the page does. */
        systemNotices: z.boolean(),
        /** Files can be dragged out by `conversation.dragOut`; otherwise as the browser does it. */
        fileDrag: z.boolean(),
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
      /** A search (app/conversation/search-query.ts): words in redacted text and titles, and operators; empty lists everything. */
      text: z.string().max(1_000).default(""),
      kind: z.enum(["call", "chat"]).optional(),
      channel: channelSchema.optional(),
      state: workStateSchema.optional(),
      sortBy: z.enum(sortKeys).default("importedAt"),
      direction: z.enum(["ascending", "descending"]).default("descending"),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({
      rows: z.array(libraryRowSchema),
      total: z.int().min(0),
      /** What it was sorted by: a search that finds very much is not sorted by match. */
      sortedBy: z.enum(sortKeys),
    }),
  },
  /** The ids of what a search finds, or of a stretch of the list, for doing something with all of it. */
  "library.ids": {
    input: z.object({
      text: z.string().max(1_000).default(""),
      sortBy: z.enum(sortKeys).default("importedAt"),
      direction: z.enum(["ascending", "descending"]).default("descending"),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(10_000),
    }),
    output: z.object({ ids: z.array(z.string()) }),
  },
  /** The values of a field that hold a text, the most frequent first: for completing a search. */
  "library.values": {
    input: z.object({
      field: z.enum(["agent", "customer", "queue", "language", "tag", "assigned", "category", "topic", "form"]),
      text: z.string().max(200).default(""),
      limit: z.int().min(1).max(100).default(12),
    }),
    output: z.object({ values: z.array(z.object({ value: z.string(), count: z.int().min(1) })) }),
  },
  /** What would go if these conversations were deleted. */
  "library.deletion": {
    input: z.object({ ids: z.array(z.string().min(1)).min(1).max(10_000) }),
    output: deletionSchema,
  },
  /** The ledger: its state, and the key that signs it. */
  "ledger.state": { input: nothing, output: ledgerStateSchema },
  /** Verifies every entry and checkpoint of the library's ledger. `ledger.verifying` tells how far it has come. */
  "ledger.verify": { input: nothing, output: verificationSchema },
  /** Has every `ledger.verify` that is under way end as `cancelled`. */
  "ledger.stopVerifying": { input: nothing, output: nothing },
  /** Entries, the latest first; those of a filter alone. */
  "ledger.find": {
    input: ledgerFilterSchema.extend({
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: ledgerPageSchema,
  },
  "ledger.facets": { input: nothing, output: ledgerFacetsSchema },
  /** Records that the ledger is exported, signs the state that it is exported in, and writes it, or that state alone, into a file. */
  "ledger.export": { input: z.object({ what: z.enum(ledgerExports).default("ledger") }), output: reportFileSchema },
  /** Makes a new signing key, and has the old one hand over to it. */
  "ledger.rotateKey": { input: nothing, output: ledgerStateSchema },

  /** Conversations whose turns are still to be made searchable by speaker and time, after an update of Earmark. */
  "library.indexing": { input: nothing, output: z.object({ left: z.int().min(0) }) },

  "view.list": { input: nothing, output: z.object({ views: z.array(savedViewSchema) }) },
  /** Adds a view, or changes the one of the id. `conflict` when another has the name. */
  "view.save": {
    input: z.object({ id: z.string().nullable().default(null), name: savedNameSchema, look: libraryLookSchema }),
    output: z.object({ id: z.string() }),
  },
  "view.delete": { input: idInput, output: nothing },

  /** Gives conversations to a reviewer, by name and until when; null takes them from whoever has them. */
  "review.assign": {
    input: z.object({
      ids: z.array(z.string().min(1)).min(1).max(10_000),
      assignee: z.string().trim().min(1).max(200).nullable(),
      dueAt: z.iso.datetime().nullable().default(null),
    }),
    output: nothing,
  },
  /** What waits for the present reviewer, what is due first. */
  "review.mine": {
    input: z.object({ limit: z.int().min(1).max(1_000).default(200) }),
    output: z.object({
      reviewer: z.string(),
      waiting: z.array(dueReviewSchema),
      total: z.int().min(0),
      /** Finished since midnight. */
      today: z.object({ count: z.int().min(0), spentMs: z.number().min(0) }),
    }),
  },
  /** The present reviewer has opened a conversation: from now on it is read. */
  "review.open": { input: conversationInput, output: reviewStateSchema },
  /** So long it was open before a person's eyes since the last time this was said. */
  "review.spend": {
    input: z.object({ conversationId: z.string().min(1), ms: z.int().min(0).max(600_000) }),
    output: nothing,
  },
  /** The review is finished, or is open again. */
  "review.finish": {
    input: z.object({ conversationId: z.string().min(1), finished: z.boolean().default(true) }),
    output: reviewStateSchema,
  },

  "sample.plans": { input: nothing, output: z.object({ plans: z.array(savedPlanSchema) }) },
  "sample.savePlan": {
    input: z.object({ id: z.string().nullable().default(null), name: savedNameSchema, plan: samplingPlanSchema }),
    output: z.object({ id: z.string() }),
  },
  "sample.deletePlan": { input: idInput, output: nothing },
  /** Draws a sample among what has been heard, waits for nobody and was not reviewed. Kept and given out unless it is a preview. */
  "sample.draw": {
    input: z.object({
      name: savedNameSchema,
      plan: samplingPlanSchema,
      /** Left out, a random one. */
      seed: z.string().trim().min(1).max(100).optional(),
      /** Left out, the present reviewer. */
      assignee: z.string().trim().min(1).max(200).optional(),
      dueAt: z.iso.datetime().nullable().default(null),
      preview: z.boolean().default(false),
    }),
    output: z.object({
      seed: z.string(),
      population: z.int().min(0),
      picks: z.array(z.object({ id: z.string(), reason: reviewReasonSchema })),
    }),
  },
  "sample.runs": {
    input: z.object({ limit: z.int().min(1).max(200).default(20) }),
    output: z.object({ runs: z.array(samplingRunSchema) }),
  },
  /** Imports files. One that is already in the library answers with the conversation it is; one that fails does not stop the others. */
  "import.begin": {
    input: z.object({
      sources: z.array(importSourceSchema).min(1).max(10_000),
      ...importWishesSchema.shape,
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
  /** What became of the parts of the file that a conversation came from; null while it has not been read. */
  "import.report": { input: conversationInput, output: z.object({ report: importReportSchema.nullable() }) },
  /** The first rows of a table that came in no format Earmark knows. The file stays where it is. */
  "import.table": { input: z.object({ source: importSourceSchema }), output: z.object({ table: tablePreviewSchema }) },
  /** Imports the sample conversations through the ordinary import path. */
  "import.samples": { input: nothing, output: z.object({ conversationIds: z.array(z.string()) }) },

  /** Sources of conversations: folders, buckets, and large imports that are not over or failed in part. */
  "intake.list": {
    input: nothing,
    output: z.object({
      sources: z.array(intakeSourceSchema),
      /** Why nothing is taken in although something waits. */
      hold: intakeHoldSchema,
      paused: z.boolean(),
      /** Recordings a minute, and at work at a time, as they hold now; null without a limit. */
      perMinute: z.int().nullable(),
      most: z.int(),
    }),
  },
  /** Files of a source, those that failed first, then the others in their order. */
  "intake.items": {
    input: z.object({
      id: z.string().min(1),
      state: intakeStateSchema.nullable().default(null),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ items: z.array(intakeItemSchema), total: z.int().min(0) }),
  },
  /** Puts files, folders and archives on the list of what is to be taken in. Answers once they are on it, durable. */
  "intake.begin": {
    input: z.object({
      paths: z.array(z.string().min(1).max(4_000)).min(1).max(10_000),
      recursive: z.boolean().default(true),
      include: pathPatternsSchema.default([]),
      exclude: pathPatternsSchema.default([]),
      speech: importWishesSchema.prefault({}),
    }),
    output: z.object({
      id: z.string(),
      files: z.int().min(0),
      refused: z.array(z.object({ name: z.string(), failure: failureSchema })),
    }),
  },
  /** Adds a folder or a bucket, or changes one. */
  "intake.save": { input: z.object({ id: z.string().nullable().default(null), plan: watchedPlanSchema }), output: idInput },
  "intake.enable": { input: idInput.extend({ enabled: z.boolean() }), output: nothing },
  /** Forgets a source and which of its files came; the conversations stay. */
  "intake.remove": { input: idInput, output: nothing },
  /** Looks at a source now. */
  "intake.look": { input: idInput, output: z.object({ found: z.int().min(0) }) },
  /** Tries a source that may not be saved yet. */
  "intake.test": { input: z.object({ plan: watchedPlanSchema }), output: z.object({ trials: z.array(intakeTrialSchema) }) },
  /** What would come out of a bucket, without fetching it. */
  "intake.dryRun": {
    input: z.object({ plan: bucketPlanSchema, limit: z.int().min(1).max(10_000).default(200) }),
    output: z.object({
      objects: z.array(plannedObjectSchema),
      /** Of all that would come, also those beyond the limit. */
      total: z.int().min(0),
      bytes: z.int().min(0),
      /** Came before, unchanged. */
      known: z.int().min(0),
    }),
  },
  /** Tries files again that failed or were cancelled: one, or all of a source. */
  "intake.retry": { input: idInput.extend({ item: z.int().nullable().default(null) }), output: nothing },
  /** Takes files off the list: one, or all of a source that wait. */
  "intake.cancel": { input: idInput.extend({ item: z.int().nullable().default(null) }), output: nothing },
  /** Takes nothing in until it is resumed, also over a restart. */
  "intake.pause": { input: nothing, output: nothing },
  "intake.resume": { input: nothing, output: nothing },
  /** Names of files that came last, to try patterns on. */
  "intake.names": { input: nothing, output: z.object({ names: z.array(z.string()) }) },

  /**
   * Adds its recording to a conversation that came as a transcript. `conflict` where it has one, `input-invalid` where it came
   * as a recording itself.
   */
  "conversation.addRecording": { input: idInput.extend({ source: importSourceSchema }), output: nothing },
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
  /**
   * Appends a correction, and answers with the conversation after it. One that cannot be made is refused with
   * `input-invalid` (details.reason); one that would change nothing is not recorded.
   */
  "conversation.correct": {
    input: z.object({ ...correctionFields, operation: operationSchema }),
    output: conversationViewSchema,
  },
  /** The same for several at once, all or none: one change, that one undo takes back. */
  "conversation.correctAll": {
    input: z.object({ ...correctionFields, operations: z.array(operationSchema).min(1).max(5_000) }),
    output: conversationViewSchema,
  },
  /** Takes back the last change, and answers with the conversation after it. */
  "conversation.undo": { input: idInput, output: conversationViewSchema },
  /** Makes the change again that was taken back last, unless there was a correction after it. */
  "conversation.redo": { input: idInput, output: conversationViewSchema },
  /** Takes back every change but those that hide something. Each can be made again. */
  "conversation.restoreMachine": { input: idInput, output: conversationViewSchema },
  /** The conversation as the machine heard it, for comparing. What a person has hidden is hidden in it too. */
  "conversation.machine": { input: idInput, output: z.object({ conversation: conversationSchema }) },
  /** Every change ever made, those taken back included, in order. */
  "conversation.history": { input: idInput, output: z.object({ changes: z.array(changeSchema) }) },
  /** The changes made on an earlier hearing that do not hold here, in order, with what stands at their places now. */
  "correction.leftBehind": { input: idInput, output: z.object({ changes: z.array(leftBehindSchema) }) },
  /** Makes one of them on what stands at its place now, and lets go of the old. `input-invalid` (details.reason) where it cannot be made. */
  "correction.again": { input: z.object({ id: z.string().min(1), changeId: z.string().min(1) }), output: conversationViewSchema },
  /** Lets go of one that hides nothing: taken back, and kept in the history. */
  "correction.dismiss": {
    input: z.object({ id: z.string().min(1), changeId: z.string().min(1) }),
    output: conversationViewSchema,
  },

  /** The threads of a conversation in order of time, each with the place it is at in the revision on screen. */
  /** What rules have hidden of a conversation and can still be brought back: where and until when, never what. */
  "original.list": { input: conversationInput, output: z.object({ originals: z.array(originalViewSchema) }) },
  /**
   * Brings back what rules have hidden, with the reason: recorded, taken back by undo, over on the policy's day. The page
   * shows it and its sound is heard; search, exports and what leaves this machine stay without it. `not-found` where an
   * original cannot be opened any more.
   */
  "original.restore": {
    input: z.object({
      conversationId: z.string().min(1),
      ids: z.array(z.string().min(1)).min(1).max(1_000),
      reason: z.string().trim().min(3).max(500),
    }),
    output: conversationViewSchema,
  },
  /** Hides again what was brought back. */
  "original.cover": {
    input: z.object({ conversationId: z.string().min(1), ids: z.array(z.string().min(1)).min(1).max(1_000) }),
    output: conversationViewSchema,
  },

  "comment.list": { input: conversationInput, output: z.object({ threads: z.array(threadSchema) }) },
  /** Begins a thread; without an anchor it is on the conversation as a whole. */
  "comment.add": {
    input: z.object({
      conversationId: z.string().min(1),
      anchor: anchorInputSchema.nullable(),
      body: commentBodySchema,
      draft: draftPlaceSchema.optional(),
    }),
    output: threadOutput,
  },
  "comment.reply": {
    input: z.object({ threadId: z.string().min(1), body: commentBodySchema, draft: draftPlaceSchema.optional() }),
    output: threadOutput,
  },
  /** Changes one's own comment; another's is `not-allowed`. */
  "comment.edit": {
    input: z.object({ id: z.string().min(1), body: commentBodySchema, draft: draftPlaceSchema.optional() }),
    output: threadOutput,
  },
  /** Removes one's own comment. One that was answered stays as a place without words. Null when the thread went with it. */
  "comment.delete": { input: idInput, output: z.object({ thread: threadSchema.nullable() }) },
  "comment.resolve": { input: z.object({ threadId: z.string().min(1) }), output: threadOutput },
  "comment.reopen": { input: z.object({ threadId: z.string().min(1) }), output: threadOutput },

  "bookmark.list": { input: conversationInput, output: z.object({ bookmarks: z.array(bookmarkSchema) }) },
  "bookmark.add": {
    input: z.object({
      conversationId: z.string().min(1),
      anchor: anchorInputSchema,
      label: z.string().trim().max(200).default(""),
    }),
    output: z.object({ bookmark: bookmarkSchema }),
  },
  "bookmark.rename": {
    input: z.object({ id: z.string().min(1), label: z.string().trim().max(200) }),
    output: z.object({ bookmark: bookmarkSchema }),
  },
  "bookmark.delete": { input: idInput, output: nothing },

  /** Every tag there is, by name, and how many conversations have it. */
  "tag.list": {
    input: nothing,
    output: z.object({ tags: z.array(z.object({ name: z.string(), count: z.int().min(1) })) }),
  },
  /** Gives a conversation these tags and no other. Tags that differ in case alone are the same: the first writing stays. */
  "tag.set": {
    input: z.object({ conversationId: z.string().min(1), tags: z.array(tagSchema).max(50) }),
    output: z.object({ tags: z.array(z.string()) }),
  },
  /** Adds tags to, and takes tags from, many conversations at once. */
  "tag.change": {
    input: z.object({
      conversationIds: z.array(z.string().min(1)).min(1).max(10_000),
      add: z.array(tagSchema).max(50).default([]),
      remove: z.array(tagSchema).max(50).default([]),
    }),
    output: nothing,
  },
  /** Writes a tag otherwise wherever it is; onto the name of another the two become one. An empty name takes it off everywhere. */
  "tag.rename": { input: z.object({ name: tagSchema, to: z.union([tagSchema, z.literal("")]) }), output: nothing },

  /** Keeps what is being typed, so that no crash costs it. An empty text lets go of it. Card data in it is masked. */
  "draft.save": {
    input: z.object({ conversationId: z.string().min(1), place: draftPlaceSchema, text: z.string().max(20_000) }),
    output: nothing,
  },
  "draft.list": { input: conversationInput, output: z.object({ drafts: z.array(draftSchema) }) },
  /** What is being written of checklists or categories and not saved, each under its id or a name that none of them can have. */
  "draft.texts": {
    input: z.object({ of: draftedTextSchema }),
    output: z.object({ drafts: z.array(z.object({ id: z.string(), text: z.string() })) }),
  },
  /** Keeps such a text, so that no crash costs it; an empty one lets go of it. */
  "draft.keepText": {
    input: z.object({ of: draftedTextSchema, id: z.string().min(1).max(200), text: z.string().max(largestForm) }),
    output: nothing,
  },

  "conversation.export": {
    input: z.object({ id: z.string().min(1), format: z.enum(exportFormats) }),
    output: z.object({
      fileName: z.string(),
      mediaType: z.string(),
      /** What stands in `text`: the file's own text, or its bytes as Base64. */
      encoding: z.enum(["text", "base64"]),
      text: z.string(),
    }),
  },
  /** The first lines of what an export would write, for looking at: nothing leaves, and nothing is recorded. */
  "conversation.exportPreview": {
    input: z.object({ id: z.string().min(1), format: z.enum(exportFormats) }),
    output: z.object({ fileName: z.string(), lines: z.array(z.string()), isAll: z.boolean() }),
  },
  /** Cuts a stretch of the sound as it may be heard (what is masked is a beep) into a sound file, for fetching under its media id. */
  "conversation.clip": {
    input: clipSchema,
    output: z.object({ mediaId: z.string(), fileName: z.string(), mediaType: z.string(), bytes: z.int().min(0) }),
  },
  /** Gives an export or a clip to the drag that has just begun, where the shell can (capability `fileDrag`). */
  "conversation.dragOut": {
    input: z.object({
      what: z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("export"), id: z.string().min(1), format: z.enum(exportFormats) }),
        z.object({ kind: z.literal("clip"), range: clipSchema }),
      ]),
    }),
    output: nothing,
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
  "models.fetch": { input: idInput.extend({ precision: precisionSchema.optional() }), output: nothing },
  "models.cancel": { input: idInput, output: nothing },
  /** Adds the models found in a folder: copied, checked, listed. Without a path the shell asks for one. */
  "models.add": { input: z.object({ path: z.string().optional() }), output: z.object({ added: z.array(z.string()) }) },
  "models.verify": { input: idInput, output: z.object({ model: modelViewSchema }) },
  "models.remove": { input: idInput, output: nothing },

  /** Opens another window at an address inside of Earmark, where the shell can (capability `windows`). */
  "window.open": { input: z.object({ path: windowPlaceSchema.shape.path }), output: nothing },
  /** Where the windows stood when they were last heard of. */
  "window.list": { input: nothing, output: z.object({ windows: windowPlacesSchema }) },
  /** Keeps where a window stands; null lets go of it. No page is told. */
  "window.keep": { input: z.object({ window: windowNameSchema, place: windowPlaceSchema.nullable() }), output: nothing },

  "settings.get": { input: nothing, output: settingsSchema },
  "settings.set": { input: settingsChangeSchema, output: settingsSchema },
  /** What has left this machine of a conversation, and what was removed again, in order. Empty when nothing did. */
  "conversation.egress": { input: idInput, output: z.object({ records: z.array(egressViewSchema) }) },
  /** Where a recording imported now would be heard, and what hearing it on SageMaker sends and costs. */
  "engine.plan": {
    input: z.object({ preference: enginePreferenceSchema.optional() }),
    output: enginePlanSchema,
  },
  /** What hears on this machine, and how it was chosen. `again` tries everything anew, which takes some seconds. */
  "engine.provider": { input: z.object({ again: z.boolean().default(false) }), output: providerViewSchema },
  /** Tries the settings of SageMaker with one real call each: who one is, the bucket, the endpoint. Sends no sound. */
  "engine.tryOffload": { input: nothing, output: z.object({ trials: z.array(offloadTrialSchema) }) },
  /** Tries the settings of language: the string map is read, and Comprehend asked once for each thing that it is set to do. */
  "language.test": { input: nothing, output: z.object({ trials: z.array(languageTrialSchema) }) },
  /** Tries the settings of the writer: the prompts, who one is, one real request, and whether what it quotes is found. */
  "writer.test": { input: nothing, output: z.object({ trials: z.array(writerTrialSchema) }) },
  /** What language models are told: prompts, and workflows of them, by title. */
  "prompt.list": { input: nothing, output: z.object({ prompts: z.array(promptViewSchema) }) },
  /** One with its text as its author wrote it; the latest version unless one is named. */
  "prompt.get": {
    input: promptPlaceSchema.extend({ version: z.int().min(1).optional() }),
    output: z.object({ prompt: promptViewSchema, text: z.string(), versions: z.array(z.int().min(1)) }),
  },
  /** What is wrong with a text, and which prompt or workflow it would be where nothing is. */
  "prompt.check": {
    input: z.object({ text: promptTextSchema }),
    output: z.object({
      kind: promptPlaceSchema.shape.kind,
      named: z.object({ id: z.string(), title: z.string() }).nullable(),
      faults: z.array(formFaultSchema),
    }),
  },
  /** Keeps one under its kind and id: a change gets the next version. `format-malformed` names the line. */
  "prompt.save": {
    input: z.object({ text: promptTextSchema }),
    output: promptPlaceSchema.extend({ version: z.int().min(1) }),
  },
  /** Whether it is run where all are. `not-allowed` for one that Earmark cannot do without. */
  "prompt.enable": { input: promptPlaceSchema.extend({ enabled: z.boolean() }), output: nothing },
  /** Takes one out of the list; what was written by it stays. */
  "prompt.remove": { input: promptPlaceSchema, output: nothing },
  /** Runs a prompt that is being written on a conversation, and keeps nothing but the record of what left. Cancelled by `writing.cancel`. */
  "prompt.try": {
    input: conversationInput.extend({ text: promptTextSchema }),
    output: z.object({ writings: z.array(writingViewSchema), faults: z.array(formFaultSchema) }),
  },
  /** What was written of a conversation, the summary without a language model, and what is being written. */
  "writing.list": { input: conversationInput, output: writingsSchema },
  /** What was written before by the same prompt, the latest first. */
  "writing.earlier": {
    input: conversationInput.extend({ promptId: z.string().min(1) }),
    output: z.object({ writings: z.array(writingViewSchema) }),
  },
  /**
   * Begins to write: by these prompts, by a workflow, or by all prompts that are turned on. What is being written already is not
   * begun twice. Throws `writer-none` where no language model is set up; `writing.changed` tells the rest.
   */
  "writing.write": {
    input: conversationInput.extend({
      promptIds: z.array(z.string().min(1)).min(1).max(50).optional(),
      workflowId: z.string().min(1).optional(),
    }),
    output: nothing,
  },
  /** Stops writing of a conversation, and trying a prompt on it. What was written before stays. */
  "writing.cancel": { input: conversationInput, output: nothing },
  /** The categories of the library, by name; `waiting` conversations have yet to be looked at. */
  "category.list": { input: nothing, output: z.object({ categories: z.array(categoryViewSchema), waiting: z.int().min(0) }) },
  /** Adds a category, or replaces the one of its id; what its rule changes is looked for anew. */
  "category.save": { input: z.object({ category: categorySchema }), output: nothing },
  "category.remove": { input: idInput, output: nothing },
  /** Takes in a file of rules: Earmark's own, or definitions for Call Analytics. All or none; `format-malformed` names the line. */
  "category.import": {
    input: z.object({ text: z.string().max(4_000_000) }),
    output: z.object({ ids: z.array(z.string()), format: z.enum(["earmark", "call-analytics"]), notes: z.array(z.string()) }),
  },
  /** Categories of a conversation with what they rest on, and its issues, actions and outcomes. */
  "category.results": {
    input: conversationInput,
    output: z.object({ findings: z.array(categoryFindingSchema), spans: z.array(tellingSpanSchema) }),
  },
  /** Conversations in which a category is present (or absent, or not to be judged), the latest first. */
  "category.conversations": {
    input: z.object({
      id: z.string().min(1),
      outcome: categoryOutcomeSchema.default("present"),
      limit: z.int().min(1).max(100_000).default(1_000),
    }),
    output: z.object({ conversationIds: z.array(z.string()) }),
  },
  /** What a rule finds, over the library or in one conversation, without keeping anything. Ends after about a second. */
  "category.try": {
    input: z.object({
      rule: ruleSchema,
      /** Conversations it is for; all where it is left out. */
      kind: z.enum(["call", "chat"]).nullable().default(null),
      conversationId: z.string().min(1).optional(),
      limit: z.int().min(1).max(200).default(20),
      /** So many conversations, the latest first, were looked at before. */
      skip: z.int().min(0).default(0),
    }),
    output: ruleTrialSchema,
  },
  /** The journeys of the library: the conversations of one customer each. */
  "journey.list": journeyCalls.list,
  /** What a customer went through. Fails with `not-found`: a journey that has become part of another is that one. */
  "journey.get": { input: idInput, output: journeyViewSchema },
  /** Where a conversation stands among those of its customer; null while nobody has looked. */
  "journey.of": { input: conversationInput, output: z.object({ place: journeyPlaceSchema.nullable() }) },
  /** Who may be one customer, the surest first. Nobody is joined by it. */
  "journey.proposals": journeyCalls.proposals,
  /** Says of a proposal that the two are one customer, or are not. */
  "journey.decide": {
    input: z.object({ proposalId: z.string().min(1), verdict: z.enum(["same", "different"]) }),
    output: z.object({ decision: journeyDecisionSchema }),
  },
  /** Takes a conversation out of its journey. */
  "journey.takeOut": { input: conversationInput, output: z.object({ decision: journeyDecisionSchema }) },
  /** Takes back what was decided: what the decision joined falls apart, what it parted comes together. */
  "journey.undo": { input: z.object({ decisionId: z.string().min(1) }), output: nothing },
  /** What conversations are about by period, rising and falling, with the statistic behind it. */
  "drivers.list": {
    input: z.object({
      period: z.enum(["day", "week", "month"]).default("week"),
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
      limit: z.int().min(1).max(500).default(50),
    }),
    output: driversSchema,
  },
  /** The checklists of the library, by title. */
  "checklist.list": { input: nothing, output: z.object({ checklists: z.array(checklistViewSchema) }) },
  /** A checklist with its text as its author wrote it; the latest version unless one is named. */
  "checklist.get": {
    input: z.object({ id: z.string().min(1), version: z.int().min(1).optional() }),
    output: z.object({ checklist: checklistViewSchema, form: formSchema, text: z.string(), versions: z.array(z.int().min(1)) }),
  },
  /** What is wrong with a text, and what the checklist would be where nothing is. */
  "checklist.check": {
    input: z.object({ text: z.string().max(largestForm) }),
    output: z.object({ form: formSchema.nullable(), faults: z.array(formFaultSchema) }),
  },
  /** Keeps a checklist under its id. What was asked before stays with the evaluations it was asked in: a change gets the next version. */
  "checklist.save": {
    input: z.object({ text: z.string().max(largestForm) }),
    output: z.object({ id: z.string(), version: z.int().min(1) }),
  },
  /** Whether every conversation that it is for is judged by it. */
  "checklist.enable": { input: z.object({ id: z.string().min(1), enabled: z.boolean() }), output: nothing },
  /** Takes a checklist out of the list; evaluations keep the one they were made with. */
  "checklist.remove": { input: idInput, output: nothing },
  /** Reads a checklist from Earmark's YAML or JSON or from Amazon Connect's evaluation form, and keeps it. Notes tell what could not be carried. */
  "checklist.import": {
    input: z.object({ text: z.string().max(largestForm) }),
    output: z.object({
      id: z.string(),
      version: z.int().min(1),
      format: z.enum(["earmark", "connect"]),
      notes: z.array(z.string()),
    }),
  },
  "checklist.export": {
    input: z.object({ id: z.string().min(1), format: z.enum(["yaml", "json", "connect"]) }),
    output: z.object({ fileName: z.string(), text: z.string(), notes: z.array(z.string()) }),
  },
  /** Judges a conversation by a checklist that is being written, by its rules alone, and keeps nothing. */
  "checklist.preview": {
    input: z.object({ text: z.string().max(largestForm), conversationId: z.string().min(1) }),
    output: z.object({ evaluation: evaluationViewSchema.nullable(), faults: z.array(formFaultSchema) }),
  },
  /** Evaluations of a conversation, the latest first. */
  "evaluation.list": { input: conversationInput, output: z.object({ evaluations: z.array(evaluationLineSchema) }) },
  /** Begins to judge a conversation by a checklist, or goes on with the one that is under way. */
  "evaluation.begin": {
    input: conversationInput.extend({ formId: z.string().min(1) }),
    output: evaluationViewSchema,
  },
  "evaluation.get": { input: idInput, output: evaluationViewSchema },
  /** A person decides a question. */
  "evaluation.answer": { input: answerInputSchema, output: evaluationViewSchema },
  /** Takes a person's decision back: the machine's suggestion counts again. */
  "evaluation.withdraw": { input: evaluationQuestionInput, output: evaluationViewSchema },
  /** What a person notes beside a question, or, without one, about the whole; empty takes it away. */
  "evaluation.comment": {
    input: z.object({ id: z.string().min(1), questionId: z.string().min(1).nullable(), comment: z.string().max(3_072) }),
    output: evaluationViewSchema,
  },
  /** Puts places under a person's decision besides what it rests on already. */
  "evaluation.attach": {
    input: evaluationQuestionInput.extend({ evidence: z.array(anchorInputSchema).min(1).max(50) }),
    output: evaluationViewSchema,
  },
  /** Has the rules, and the writer where there is one, answer again; all questions, or these. */
  "evaluation.answerAgain": {
    input: z.object({ id: z.string().min(1), questionIds: z.array(z.string().min(1)).max(1_000).optional() }),
    output: evaluationViewSchema,
  },
  /** A stretch of the conversation was played to a person while they judged it. */
  "evaluation.heard": { input: z.object({ id: z.string().min(1), span: spanSchema }), output: nothing },
  /** Signs the evaluation. Refused while a question that is asked has no answer or a stale one (`conflict`, details.questions). */
  "evaluation.submit": { input: idInput, output: evaluationViewSchema },
  /** Opens a submitted evaluation again; what was submitted stays in the ledger. */
  "evaluation.reopen": { input: idInput, output: evaluationViewSchema },
  "evaluation.remove": { input: idInput, output: nothing },
  /**
   * Writes the audit report of an evaluation into a file. `json` and `pdf` are sealed by the ledger's key. The ledger says so before
   * the file can be had.
   */
  "report.create": {
    input: z.object({ evaluationId: z.string().min(1), format: z.enum(reportFormats) }),
    output: reportFileSchema,
  },
  /** Writes the report of a period: how it was sampled, figures with their intervals, and every evaluation as a line. */
  "report.period": {
    input: reportPeriodSchema.extend({ format: z.enum(periodFormats) }),
    output: reportFileSchema,
  },
  /**
   * Writes the audit reports of conversations into one ZIP: of the checklist, or of the evaluation of each that was worked on last.
   * `report.writing` tells how many conversations are done.
   */
  "report.bundle": {
    input: z.object({
      conversationIds: z.array(z.string().min(1)).min(1).max(10_000),
      formId: z.string().min(1).nullable().default(null),
      format: z.enum(reportFormats),
    }),
    output: reportBundleSchema,
  },
  /** Has every bundle and every report of a period that is being written end as `cancelled`. */
  "report.stop": { input: nothing, output: nothing },
  /** What asking would do and cost, and where it would go. Sends nothing, and keeps nothing. */
  "question.plan": {
    input: z.union([z.object({ question: newQuestionSchema }), z.object({ again: againSchema })]),
    output: questionPlanSchema,
  },
  /** Asks a question. `conflict` where it would not be what was agreed to any more: other conversations, or another place. */
  "question.ask": {
    input: z.object({ question: newQuestionSchema, agreement: z.string() }),
    output: z.object({ id: z.string() }),
  },
  /** Asks again what could not be answered, what is stale, or all of it; answers stay until there are others. */
  "question.again": { input: z.object({ again: againSchema, agreement: z.string() }), output: nothing },
  /** The questions that were asked, the latest first. */
  "question.list": {
    input: z.object({ limit: z.int().min(1).max(1_000).default(200) }),
    output: z.object({ questions: z.array(questionViewSchema) }),
  },
  "question.get": { input: idInput, output: questionViewSchema },
  /** Answers to a question, in the order of asking. */
  "question.answers": {
    input: answersWantedSchema,
    output: z.object({ answers: z.array(askedAnswerSchema), total: z.int().min(0) }),
  },
  /** The questions that a conversation was asked, the latest first, with its own answer to each. */
  "question.ofConversation": {
    input: conversationInput,
    output: z.object({ entries: z.array(z.object({ question: questionViewSchema, answer: askedAnswerSchema })) }),
  },
  /** Stops asking. What was answered is kept. */
  "question.cancel": { input: idInput, output: nothing },
  /** Removes a question with all its answers. */
  "question.remove": { input: idInput, output: nothing },
  /** Writes all answers to a question into a CSV file. */
  "question.export": { input: idInput, output: reportFileSchema },
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
