import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { importNoteSchema } from "../../../app/contract/import-views.ts";
import { type Transcript, transcriptSchema } from "../../../app/conversation/conversation.ts";
import { assignRoles, correctSwappedRoles } from "../../../app/conversation/roles.ts";
import { readTranscriptFile } from "../../../app/formats/detect.ts";
import { type NameRules, readName } from "../../../app/formats/name-rules.ts";
import { type Redaction, redactPersonalData, redactText } from "../../../app/insight/redaction.ts";
import { titleOf } from "../ingest/title.ts";
import type { ConversationChanges, ConversationRecord } from "../store/conversations.ts";
import type { Store } from "../store/store.ts";
import type { Stage, StageInput } from "./queue.ts";
import { roleHints } from "./revision.ts";

/** Largest written conversation that is read at once. A year of one chat room is a few megabytes. */
export const largestTextBytes = 64 * 1024 * 1024;

/** What the stage works with. */
export interface ParseWorld {
  readonly store: Store;
  readonly conversationOf: (input: StageInput) => ConversationRecord;
  /** The file as imported. Rejects with `file-missing`. */
  readonly originalOf: (input: StageInput) => Promise<string>;
  readonly redactionFacts: () => Record<string, unknown>;
  /** Keeps what was hidden, where the policy lets it, and answers with what is left. */
  readonly sealing: (input: StageInput, redaction: Redaction) => Promise<Transcript>;
  readonly commit: (input: StageInput, transcript: Transcript) => void;
}

const resultSchema = z.object({
  format: z.string(),
  kind: z.enum(["call", "chat"]),
  channel: z.enum(["voice", "chat", "sms", "bot"]),
  title: z.string().nullable(),
  startedAt: z.string().nullable(),
  timeZone: z.string().nullable(),
  queue: z.string().nullish(),
  direction: z.enum(["inbound", "outbound", "internal"]).nullish(),
  transcript: transcriptSchema,
  notes: z.array(importNoteSchema),
});

/** The stage that reads a written conversation in whatever format it came, and reports what became of each part of the file. */
export function parseStage(world: ParseWorld): Stage {
  const { store } = world;
  return {
    name: "parse",
    version: 3,
    resource: "cpu",
    needs: [],
    facts(input) {
      const { columnMappings: mappings } = store.settings.get();
      // Left out where there are none, so that what was read without them is not read again.
      const tables = mappings.length === 0 ? {} : { mappings };
      return { sha256: world.conversationOf(input).source.sha256, ...tables, ...world.redactionFacts() };
    },
    async run(input) {
      const policy = store.settings.get().redaction;
      const path = await world.originalOf(input);
      if ((await stat(path)).size > largestTextBytes) {
        throw new EarmarkError("file-too-large", "This file is too large for a written conversation.", {
          limit: largestTextBytes,
        });
      }
      const { columnMappings: mappings } = store.settings.get();
      const read = readTranscriptFile(await readFile(path, "utf8"), { mappings });
      const transcript = await world.sealing(input, redactPersonalData(read.transcript, policy));
      return {
        ...read,
        title: read.title === null ? null : redactText(read.title, policy),
        // A note may quote the name of a session or of a column.
        notes: read.notes.map((note) => ({ ...note, what: redactText(note.what, policy) })),
        // Many systems name the sides of a call by who spoke first, or not at all. Of a chat every one knows who wrote.
        transcript:
          read.kind === "call"
            ? correctSwappedRoles(assignRoles(transcript, roleHints(world.conversationOf(input))))
            : transcript,
      };
    },
    commit(result, input) {
      const read = resultSchema.parse(result);
      const record = world.conversationOf(input);
      const { participants, turns } = read.transcript;
      // What was recorded was spoken, whatever the transcript of it looks like.
      const recorded = store.media.get(input.conversationId)?.recording != null;
      store.importReports.put(input.conversationId, {
        format: read.format,
        kind: recorded ? "call" : read.kind,
        participants: participants.length,
        turns: turns.length,
        words: turns.reduce((count, turn) => count + turn.words.length, 0),
        notes: read.notes,
      });
      store.conversations.update(input.conversationId, {
        kind: recorded ? "call" : read.kind,
        channel: recorded ? "voice" : read.channel,
        sourceFormat: read.format,
        durationMs: read.transcript.durationMs,
        // What the manifest of a sample or a person said before stands.
        ...(read.title !== null && record.title === titleOf(record.source.name) ? { title: read.title } : {}),
        ...begunAt(record, read, store.settings.get().intake.names),
        // What the file tells is surer than its name.
        ...(read.queue == null ? {} : { queue: read.queue }),
        ...(read.direction == null ? {} : { direction: read.direction }),
      });
      world.commit(input, read.transcript);
    },
  };
}

/** When a transcript began: as was said before, else as it says itself, else as its name says. */
function begunAt(
  record: ConversationRecord,
  read: { readonly startedAt: string | null; readonly timeZone: string | null },
  rules: NameRules,
): Pick<ConversationChanges, "startedAt" | "timeZone"> {
  const told = read.startedAt === null ? readName(record.source.name, rules) : read;
  return {
    ...(record.startedAt === null ? { startedAt: told.startedAt } : {}),
    ...(record.timeZone === null ? { timeZone: read.timeZone ?? told.timeZone } : {}),
  };
}
