import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { EarmarkError, type Failure } from "../../../app/contract/errors.ts";
import { type LibraryLook, libraryLookSchema } from "../../../app/contract/library-views.ts";
import { type SamplingPlan, samplingPlanSchema } from "../../../app/conversation/sampling.ts";
import type { Clock } from "../../../app/ports.ts";
import type { LibraryPaths } from "../library-paths.ts";
import { personNamed } from "../person-name.ts";
import { type BookmarkTable, bookmarkTable } from "./bookmarks.ts";
import { type CategoryTable, categoryTable } from "./categories.ts";
import { type ChecklistTable, checklistTable } from "./checklists.ts";
import { type CommentTable, commentTable } from "./comments.ts";
import { type ConversationTable, conversationTable } from "./conversations.ts";
import { type DraftTable, draftTable } from "./drafts.ts";
import { type EvaluationTable, evaluationTable } from "./evaluations.ts";
import { type ImportReportTable, importReportTable } from "./import-reports.ts";
import { type IntakeTable, intakeTable } from "./intake.ts";
import { type JobTable, jobTable } from "./jobs.ts";
import { type JourneyTable, journeyTable } from "./journeys.ts";
import { type LedgerTable, ledgerTable } from "./ledger.ts";
import { type LedgerFinder, ledgerFinder } from "./ledger-finder.ts";
import { type LibraryList, libraryList } from "./library.ts";
import { lockLibrary } from "./library-lock.ts";
import { type MediaTable, mediaTable } from "./media.ts";
import { migrate, newestSchema, migrations as releasedMigrations, schemaNumber } from "./migrate.ts";
import type { Migration } from "./migrations/migration.ts";
import { type NoticeTable, noticeTable } from "./notices.ts";
import { type OperationTable, operationTable } from "./operations.ts";
import { type PromptTable, promptTable } from "./prompts.ts";
import { type QuestionTable, questionTable } from "./questions.ts";
import { type ReviewTable, reviewTable } from "./reviews.ts";
import { type NamedTable, namedTable } from "./saved-views.ts";
import { type SealedOriginalTable, sealedOriginalTable } from "./sealed-originals.ts";
import { type SearchIndex, searchIndex } from "./search.ts";
import { type SettingsTable, settingsTable } from "./settings.ts";
import { isCorruption, toStoreError } from "./store-error.ts";
import { type TagTable, tagTable } from "./tags.ts";
import { type TextDraftTable, textDraftTable } from "./text-drafts.ts";
import { createTogether, type Together } from "./together.ts";
import { type TranscriptTable, transcriptTable } from "./transcripts.ts";
import { type VoiceTable, voiceTable } from "./voices.ts";
import { type WritingTable, writingTable } from "./writings.ts";

/** The library's database: one writer, every table family under its name. */
export interface Store {
  readonly conversations: ConversationTable;
  readonly transcripts: TranscriptTable;
  readonly operations: OperationTable;
  readonly comments: CommentTable;
  readonly bookmarks: BookmarkTable;
  readonly tags: TagTable;
  readonly drafts: DraftTable;
  readonly jobs: JobTable;
  readonly intake: IntakeTable;
  readonly voices: VoiceTable;
  readonly originals: SealedOriginalTable;
  readonly importReports: ImportReportTable;
  readonly settings: SettingsTable;
  readonly media: MediaTable;
  readonly search: SearchIndex;
  readonly library: LibraryList;
  readonly reviews: ReviewTable;
  readonly views: NamedTable<LibraryLook>;
  readonly samplingPlans: NamedTable<SamplingPlan>;
  readonly categories: CategoryTable;
  readonly checklists: ChecklistTable;
  readonly textDrafts: TextDraftTable;
  readonly evaluations: EvaluationTable;
  readonly prompts: PromptTable;
  readonly writings: WritingTable;
  readonly questions: QuestionTable;
  readonly journeys: JourneyTable;
  readonly notices: NoticeTable;
  readonly ledger: LedgerTable;
  readonly ledgerFinder: LedgerFinder;
  /** Runs the work in one transaction: all of it or nothing. May be nested. The work is synchronous. Throws `disk-full`, `library-unwritable`, `library-corrupt`. */
  transaction<T>(work: () => T): T;
  /** The same, in a transaction that may be shared with what others ask for in the same turn of events. */
  readonly together: Together;
  /** Closes the database and gives the library free. Safe to call twice. */
  close(): void;
  [Symbol.dispose](): void;
}

/** What opening needs from outside. */
export interface StoreOptions {
  readonly clock: Clock;
  /** Earmark's own version, written into the file and named when a newer one meets an older. */
  readonly version: string;
  /** The steps of the schema; those released unless told. */
  readonly migrations?: readonly Migration[];
}

/** What the first migration writes into a file's header to mark it as Earmark's: "EarM". */
const applicationId = 0x4561724d;

/**
 * Opens the library's database, making it where there is none.
 *
 * A damaged file, or one that is not Earmark's, is renamed aside, never deleted; a fresh library takes its place and
 * `notices` says so. A file of an older Earmark is copied first and then brought up to date.
 *
 * @throws EarmarkError `library-locked` while another process has it open, `library-newer` for a file of a newer Earmark
 * (details.fileVersion, details.version), `library-unwritable`, `disk-full`.
 */
export function openStore(paths: LibraryPaths, options: StoreOptions): Store {
  makeFolder(paths.root);
  const lock = lockLibrary(paths.root, options.version);
  let database: Database.Database | undefined;
  try {
    const opened = openDatabase(paths, options);
    database = opened.database;
    const store = toStore(database, paths, options.clock, () => lock.release());
    if (opened.setAside !== null) store.notices.add(opened.setAside);
    return store;
  } catch (thrown) {
    database?.close();
    lock.release();
    throw toStoreError(thrown);
  }
}

function makeFolder(root: string): void {
  try {
    mkdirSync(root, { recursive: true });
  } catch (thrown) {
    throw new EarmarkError("library-unwritable", "The library's folder cannot be made.", {}, { cause: thrown });
  }
}

function openDatabase(paths: LibraryPaths, options: StoreOptions): { database: Database.Database; setAside: Failure | null } {
  try {
    return { database: openChecked(paths, options), setAside: null };
  } catch (thrown) {
    if (!isCorruption(thrown) && !(thrown instanceof Damaged)) throw thrown;
    const movedTo = setAside(paths.database, options.clock);
    const failure: Failure = {
      code: "library-corrupt",
      message: `The library's file was damaged and has been set aside as ${movedTo}.`,
      details: { movedTo },
    };
    return { database: openChecked(paths, options), setAside: failure };
  }
}

/** The file is not one that can be worked with, by our own finding. */
class Damaged extends Error {}

function openChecked(paths: LibraryPaths, { clock, version, migrations = releasedMigrations }: StoreOptions): Database.Database {
  const database = new Database(paths.database, { timeout: 2_000 });
  try {
    const number = schemaNumber(database);
    if (number === 0) {
      if (database.prepare("SELECT 1 FROM sqlite_schema").get() !== undefined) throw new Damaged("The file is not Earmark's.");
    } else {
      if (database.pragma("application_id", { simple: true }) !== applicationId) throw new Damaged("The file is not Earmark's.");
      refuseNewer(database, number, newestSchema(migrations), version);
      quickCheck(database);
    }
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("secure_delete = ON");
    database.pragma("trusted_schema = OFF");
    // 64 MiB: the indexes of a large library, which the list goes over from end to end.
    database.pragma("cache_size = -65536");
    database.pragma("temp_store = MEMORY");
    if (number > 0 && number < newestSchema(migrations)) backUp(database, paths, number, clock);
    migrate(database, migrations);
    writeVersion(database, version);
    database.pragma("foreign_keys = ON");
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/**
 * SQLite's quick check of every table, those that hold the search index included. What it leaves out is comparing the
 * index with the text word by word, which takes five times as long as all the rest and concerns nothing that could not be made again.
 */
function quickCheck(database: Database.Database): void {
  const findings = database
    .prepare<[], string>(
      `SELECT finding.quick_check FROM sqlite_schema AS tables, pragma_quick_check(tables.name) AS finding
       WHERE tables.type = 'table' AND tables.rootpage > 0 AND finding.quick_check <> 'ok' LIMIT 1`,
    )
    .pluck()
    .all();
  if (findings[0] !== undefined) throw new Damaged(findings[0]);
}

function refuseNewer(database: Database.Database, number: number, newestKnown: number, version: string): void {
  if (number <= newestKnown) return;
  const written = database.prepare<[], string>("SELECT value FROM facts WHERE name = 'version'").pluck().get() ?? "unknown";
  throw new EarmarkError("library-newer", `The library was written by Earmark ${written}; this is Earmark ${version}.`, {
    fileVersion: written,
    version,
    fileSchema: number,
    schema: newestKnown,
  });
}

function writeVersion(database: Database.Database, version: string): void {
  database
    .prepare(
      "INSERT INTO facts (name, value) VALUES ('version', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
    )
    .run(version);
}

/** Copies the library as it is beside itself, whole and consistent, before anything in it is changed. */
function backUp(database: Database.Database, paths: LibraryPaths, number: number, clock: Clock): void {
  const name = freeName(paths.root, `library.schema-${number}.${stamp(clock)}`, ".sqlite");
  database.prepare("VACUUM INTO ?").run(join(paths.root, name));
}

/** Renames a file that cannot be worked with, its log included, and answers with its new name. */
function setAside(file: string, clock: Clock): string {
  const folder = dirname(file);
  const free = freeName(folder, `${basename(file)}.damaged-${stamp(clock)}`, "");
  for (const suffix of ["-wal", "-shm", "-journal", ""]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, join(folder, free + suffix));
  }
  return free;
}

/** A name that no file of the folder has. */
function freeName(folder: string, name: string, ending: string): string {
  let free = name + ending;
  for (let count = 2; existsSync(join(folder, free)); count++) free = `${name}-${count}${ending}`;
  return free;
}

function stamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/gu, "");
}

function toStore(database: Database.Database, paths: LibraryPaths, clock: Clock, release: () => void): Store {
  const close = (): void => {
    if (database.open) database.close();
    release();
  };
  const transaction = <T>(work: () => T): T => {
    try {
      return database.transaction(work)();
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  };
  const person = (): string => personNamed(settings.get().reviewer);
  const ledger = ledgerTable(database, clock, person);
  const settings = settingsTable(database, ledger);
  return {
    conversations: conversationTable(database, clock, ledger),
    transcripts: transcriptTable(database, clock),
    voices: voiceTable(database),
    operations: operationTable(database, clock, ledger),
    comments: commentTable(database, clock, ledger),
    bookmarks: bookmarkTable(database, clock, ledger),
    tags: tagTable(database, clock, ledger),
    drafts: draftTable(database, clock),
    jobs: jobTable(database),
    intake: intakeTable(database, clock),
    originals: sealedOriginalTable(database),
    importReports: importReportTable(database),
    settings,
    media: mediaTable(database, paths),
    search: searchIndex(database),
    library: libraryList(database, clock),
    reviews: reviewTable(database, clock, ledger),
    views: namedTable(database, clock, "saved_views", libraryLookSchema),
    samplingPlans: namedTable(database, clock, "sampling_plans", samplingPlanSchema),
    categories: categoryTable(database, clock),
    checklists: checklistTable(database, clock, ledger),
    textDrafts: textDraftTable(database),
    evaluations: evaluationTable(database, clock),
    prompts: promptTable(database, clock, ledger),
    writings: writingTable(database, clock),
    questions: questionTable(database, clock),
    journeys: journeyTable(database, clock, ledger),
    notices: noticeTable(database, clock),
    ledger,
    ledgerFinder: ledgerFinder(database),
    transaction,
    together: createTogether({ transaction }),
    close,
    [Symbol.dispose]: close,
  };
}
