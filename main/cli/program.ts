import { Command, InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** What a parsed command does: loaded only now, so that `--help` and a mistyped option answer at once. */
export type Deed = (terminal: Terminal) => Promise<ExitCode>;

/** Formats of `export`; the same as the contract's, which loads too much for `--help`. A test compares the two. */
export const exportFormatNames = [
  ...(["docx", "txt", "srt", "vtt", "csv", "json", "vcon"] as const),
  ...(["contact-lens", "pca", "whisperx", "rttm", "ctm", "stm"] as const),
] as const;

/** Precisions of `models fetch`; the same as the contract's. A test compares the two. */
export const precisionNames = ["fp32", "fp16", "int8", "int4"] as const;

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/u.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** How many voices, exactly or between two numbers. */
export type VoiceCount = number | { readonly least: number; readonly most: number };

function voices(text: string): VoiceCount {
  const one = wholeNumber(1, 20);
  const [least = "", most] = text.split("-");
  if (most === undefined) return one(least);
  const range = { least: one(least), most: one(most) };
  if (text.split("-").length === 2 && range.least <= range.most) return range;
  throw new InvalidArgumentError("It has to be a number such as 2, or two such as 2-4, the smaller one first.");
}

function language(text: string): string {
  const tags = text.split(",").map((tag) => tag.trim());
  const known = tags.every((tag) => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u.test(tag));
  if (text === "auto" || (known && tags.length <= 20)) return tags.join(",");
  throw new InvalidArgumentError("It has to be a language tag such as en or pt-BR, several with commas in between, or auto.");
}

function path(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** Two days, both included. */
function days(text: string): { readonly from: string; readonly to: string } {
  const [from = "", to = "", ...more] = text.split("..");
  const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/u.test(day) && !Number.isNaN(Date.parse(day));
  if (isDay(from) && isDay(to) && more.length === 0 && from <= to) return { from, to };
  throw new InvalidArgumentError("It has to be two days such as 2026-11-01..2026-11-30, the earlier one first.");
}

/** Collects an option that may be given several times. One that took several values at once would swallow the files after it. */
function folders(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, path(text)];
}

function day(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError("It has to be a day such as 2026-01-31.");
}

function withLibrary(command: Command): Command {
  return command
    .option(
      "--library <dir>",
      "the library's folder (default: EARMARK_LIBRARY, else the platform's place for program data)",
      path,
    )
    .option("--models <dir>", "a folder of models besides the library's own (again for more; also EARMARK_MODELS)", folders);
}

function withHearing(command: Command): Command {
  return withLibrary(command)
    .option("--speakers <n>", "how many voices a mono recording has: 2, or between how many: 2-4", voices)
    .addOption(new Option("--separate <by>", "how the sides are told apart").choices(["auto", "channel", "speaker"]))
    .option("--language <tag>", "the language spoken, or those that may be (en,es), or auto", language)
    .option("--vocabulary <file>", "terms that are likely to be said: a line each, term, sounds like | sounds like", path)
    .option("--beams <n>", "lines the recogniser follows at once; more are slower and a little better", wholeNumber(1, 8))
    .option("--translate", "add a translation into English");
}

/** The exit codes as the help shows them. */
const exitCodeHelp = `
Exit codes: 0 done, 2 usage, 3 a model or program is missing (the message says how to get it),
4 input cannot be read, 5 the engine failed, 6 what was verified has been altered, 130 cancelled.`;

/**
 * The command line's grammar. What was asked for is handed to `decide` as a deed, to be done afterwards. Throws
 * commander's `CommanderError` for help (exit code 0) and for what is not understood.
 */
export function createProgram(version: string, decide: (deed: Deed) => void): Command {
  const program = new Command("earmark")
    .description("Hears contact-centre conversations on this machine: who spoke when, and what was said.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(see `earmark help`)")
    .addHelpText("after", exitCodeHelp);

  withHearing(program.command("import"))
    .description("bring files or folders into the library and hear them; prints their ids")
    .argument("<file...>", "recordings, transcripts, folders or archives of them, or s3://bucket/prefix")
    .option("--json", "print one JSON object a file")
    .option("--no-recursive", "leave out folders within folders")
    .option("--include <pattern>", "only paths like *.wav or 2026/** (again for more)", folders)
    .option("--exclude <pattern>", "no paths like these (again for more)", folders)
    .option("--since <date>", "of a bucket, what was written on this day or later: 2026-01-31", day)
    .option("--until <date>", "of a bucket, what was written on this day or earlier", day)
    .option("--connect", "the bucket is laid out as Amazon Connect does: one transcript and one recording of each contact")
    .option("--dry-run", "of a bucket, print what would come, with sizes, and fetch nothing")
    .option("--profile <name>", "a profile of AWS's configuration files")
    .option("--region <name>", "the bucket's region")
    .option("--s3-url <url>", "another address of S3")
    .addOption(
      new Option(
        "--report <form>",
        "print what was kept, converted and left out of each file, and where: as text, or one JSON object a file",
      ).choices(["text", "json"]),
    )
    .option(
      "--mapping <mapping>",
      "how tables are read: the name of a mapping that was saved, or a JSON file with one, which is saved",
      path,
    )
    .action((files: string[], options) =>
      decide(async (terminal) => {
        const { importBulk, isBulk } = await import("./commands/import-bulk.ts");
        if (isBulk(files, options)) return importBulk(files, options, terminal);
        return (await import("./commands/import.ts")).importFiles(files, options, terminal);
      }),
    );

  withHearing(program.command("analyze"))
    .description("hear recordings and print what came of it; keeps nothing unless --library is given")
    .argument("<file...>", "recordings or transcripts")
    .option("--json", "print one JSON document a file, one a line where there are several")
    .action((files: string[], options) =>
      decide(async (terminal) => (await import("./commands/analyze.ts")).analyze(files, options, terminal)),
    );

  withHearing(program.command("redact"))
    .description(
      "print a recording or transcript without personal data, and write its sound with that under a beep; keeps nothing",
    )
    .argument("<file>", "a recording or transcript")
    .option("--audio <file>", "where the sound goes: .wav, .flac, .mp3, .opus, .webm", path)
    .option("--silence", "silence where something is hidden, not a beep")
    .option("--mask <types>", "types to mask beside the usual, with commas in between, or all")
    .option("--remove <types>", "types to take out without a label, or all")
    .option("--out <file>", "where the text goes (default: standard output)", path)
    .option("--json", "its JSON document, with the record of what was hidden where and by which rule")
    .action((file: string, options) =>
      decide(async (terminal) => (await import("./commands/redact.ts")).redact(file, options, terminal)),
    );

  withHearing(program.command("compare-engines"))
    .description(
      "hear a recording here and on SageMaker, and print where the two differ; the library's settings name the endpoint",
    )
    .argument("<file>", "a recording")
    .option("--endpoint <name>", "the endpoint with Earmark's container")
    .option("--diarization-endpoint <name>", "the diarization endpoint of AWS's conversation-intelligence sample")
    .option("--transcription-endpoint <name>", "its transcription endpoint")
    .addOption(new Option("--mode <mode>", "how the endpoint is called").choices(["real-time", "asynchronous"]))
    .option("--bucket <name>", "the bucket that recordings pass through")
    .option("--profile <name>", "a profile of AWS's configuration files")
    .option("--region <name>", "the region")
    .option("--runtime-url <url>", "another address of SageMaker Runtime")
    .option("--s3-url <url>", "another address of S3")
    .option("--tolerance <ms>", "milliseconds by which a word's times may differ", wholeNumber(0, 10_000))
    .option("--json", "print JSON")
    .action((file: string, options) =>
      decide(async (terminal) => (await import("./commands/compare-engines.ts")).compareEngines(file, options, terminal)),
    );

  withLibrary(program.command("list"))
    .description("list the conversations of the library")
    .option("--search <words>", "only those in which these words occur")
    .option("--json", "print one JSON object a line")
    .action((options) => decide(async (terminal) => (await import("./commands/list.ts")).list(options, terminal)));

  withLibrary(program.command("show"))
    .description("print a conversation of the library")
    .argument("<id>", "as `earmark list` shows it")
    .option("--json", "print its JSON document")
    .action((id: string, options) =>
      decide(async (terminal) => (await import("./commands/show.ts")).show(id, options, terminal)),
    );

  withLibrary(program.command("edit"))
    .description("correct a conversation of the library, take a change back, make it again, or list all changes")
    .argument("<id>", "as `earmark list` shows it")
    .addOption(
      new Option(
        "--operation <json>",
        'a correction, such as {"kind":"swap-roles"}, or a list of them (again for more; all are one change)',
      )
        .argParser(folders)
        .conflicts(["undo", "redo", "history"]),
    )
    .addOption(new Option("--undo", "take the last change back").conflicts(["redo", "history"]))
    .addOption(new Option("--redo", "make the change again that was taken back last").conflicts("history"))
    .option("--history", "print every change, those taken back included")
    .option("--json", "print JSON: what holds now, or one change a line")
    .action((id: string, options, command: Command) => {
      if (!("operation" in options || "undo" in options || "redo" in options || "history" in options)) {
        command.error("error: say what to do: --operation, --undo, --redo or --history");
      }
      decide(async (terminal) => (await import("./commands/edit.ts")).edit(id, options, terminal));
    });

  withLibrary(program.command("export"))
    .description("write conversations of the library in a format, as redacted as they are kept")
    .argument("[ids...]", "as `earmark list` shows them")
    .addOption(new Option("--format <format>", "the format").choices(exportFormatNames).makeOptionMandatory())
    .option("--search <words>", "also those in which these words occur")
    .option("--out <path>", "the file to write, or the folder for several (default: standard output)", path)
    .action((ids: string[], options) =>
      decide(async (terminal) => (await import("./commands/export.ts")).exportConversations(ids, options, terminal)),
    );

  const models = program.command("models").description("list, fetch, add and verify speech models");
  withLibrary(models.command("list"))
    .description("list the models that can be had and those that are here")
    .option("--json", "print JSON")
    .action((options) => decide(async (terminal) => (await import("./commands/models.ts")).listModels(options, terminal)));
  withLibrary(models.command("fetch"))
    .description("fetch a model from the hub; goes on where an earlier try stopped")
    .argument("<id>", "as `earmark models list` shows it")
    .addOption(
      new Option("--precision <precision>", "of its numbers (default: as set, else the model's usual one)").choices(
        precisionNames,
      ),
    )
    .option("--json", "print JSON")
    .action((id: string, options) =>
      decide(async (terminal) => (await import("./commands/models.ts")).fetchModel(id, options, terminal)),
    );
  withLibrary(models.command("add"))
    .description("take in the models of a folder")
    .argument("<folder>", "a model's folder, or a folder of such")
    .option("--json", "print JSON")
    .action((folder: string, options) =>
      decide(async (terminal) => (await import("./commands/models.ts")).addModels(folder, options, terminal)),
    );
  withLibrary(models.command("verify"))
    .description("read every file of a model again and compare it with what it was")
    .argument("<id>", "as `earmark models list` shows it")
    .option("--json", "print JSON")
    .action((id: string, options) =>
      decide(async (terminal) => (await import("./commands/models.ts")).verifyModel(id, options, terminal)),
    );

  const categories = program
    .command("categories")
    .description("look for categories: what was said or not said, by whom and when");
  withHearing(categories.command("test"))
    .description("try a file of rules on recordings or transcripts; keeps nothing")
    .argument("<rules>", "YAML or JSON: Earmark's rules, or definitions for Amazon Transcribe Call Analytics")
    .argument("<file...>", "recordings or transcripts")
    .option("--json", "print one JSON object a file")
    .action((rules: string, files: string[], options) =>
      decide(async (terminal) => (await import("./commands/categories.ts")).testCategories(rules, files, options, terminal)),
    );
  withLibrary(categories.command("list"))
    .description("list the categories of the library and how many conversations have each")
    .option("--json", "print JSON")
    .action((options) =>
      decide(async (terminal) => (await import("./commands/categories.ts")).listCategories(options, terminal)),
    );
  withLibrary(categories.command("import"))
    .description("take a file of rules into the library")
    .argument("<rules>", "YAML or JSON, as for `categories test`")
    .option("--json", "print JSON")
    .action((rules: string, options) =>
      decide(async (terminal) => (await import("./commands/categories.ts")).importCategories(rules, options, terminal)),
    );

  const forms = program.command("forms").description("checklists: what is asked of a conversation, and how it is answered");
  forms
    .command("check")
    .description("check files of checklists; every mistake with its line and what to write instead")
    .argument("<file...>", "YAML or JSON: Earmark's checklists, or evaluation forms of Amazon Connect")
    .option("--json", "print one JSON object a file")
    .action((files: string[], options) =>
      decide(async (terminal) => (await import("./commands/forms.ts")).checkForms(files, options, terminal)),
    );
  forms
    .command("list")
    .description("list the checklists that come with Earmark, and what each serves")
    .option("--json", "print JSON")
    .action((options) => decide(async (terminal) => (await import("./commands/forms.ts")).listForms(options, terminal)));

  withLibrary(program.command("score"))
    .description("judge a conversation by a checklist, and print what every answer rests on")
    .argument("<id>", "the conversation")
    .requiredOption("--form <form>", "the id of a checklist, or a file with one (then nothing is kept)")
    .option("--json", "print JSON")
    .action((id: string, options) =>
      decide(async (terminal) => (await import("./commands/score.ts")).score(id, options, terminal)),
    );

  withLibrary(program.command("ask"))
    .description("ask conversations a question; without a writer in the settings, print the passages that match it best")
    .argument("<question>", "in quotation marks")
    .argument("[id...]", "conversations")
    .option("--search <query>", "ask what this search of the library finds, instead of ids; an empty one asks all")
    .addOption(new Option("--yes-no", "answer yes or no, so that answers can be counted").conflicts("options"))
    .option("--options <options>", "answer by one of these, with commas in between")
    .option("--passages", "ask nobody: print passages, as without a writer")
    .option("--yes", "agree to what is sent; without it, what would be sent is printed and nothing is")
    .option("--json", "print JSON: the question with its counts, and every answer")
    .action((question: string, ids: string[], options, command: Command) => {
      if (ids.length === 0 && options.search === undefined) command.error("error: name conversations, or give --search");
      if (ids.length > 0 && options.search !== undefined) command.error("error: name conversations or give --search, not both");
      decide(async (terminal) => (await import("./commands/ask.ts")).ask(question, ids, options, terminal));
    });

  withLibrary(program.command("write"))
    .description("have the language model write of conversations (summary, next actions), keep it, and print it with its quotes")
    .argument("<id...>", "conversations")
    .addOption(
      new Option("--prompt <id>", "by this prompt alone (default: all that are turned on)").conflicts(["workflow", "local"]),
    )
    .addOption(new Option("--workflow <id>", "by the prompts of this workflow").conflicts("local"))
    .option("--local", "print the sentences that tell most; asks no language model")
    .option("--json", "print one JSON object a conversation")
    .action((ids: string[], options) =>
      decide(async (terminal) => (await import("./commands/write.ts")).write(ids, options, terminal)),
    );

  const reports = withLibrary(program.command("report"))
    .description(
      "write audit reports: of conversations that were judged, or of a period; PDF and JSON are sealed, for `earmark verify`",
    )
    .argument("[id...]", "conversations")
    .addOption(new Option("--format <format>", "what to write").choices(["pdf", "docx", "csv", "json", "connect"]).default("pdf"))
    .requiredOption("--out <file>", "the file to write; of several conversations the folder", path)
    .option("--form <id>", "the checklist (default: the one that was worked on last)")
    .option(
      "--period <days>",
      "of the checklist's signed evaluations, such as 2026-11-01..2026-11-30 (UTC); without conversations",
      days,
    )
    .option("--agent <name>", "with --period: of this agent alone")
    .option("--tag <tag>", "with --period: of conversations with this tag alone")
    .option("--sample <id>", "with --period: of the conversations that this sample chose alone");
  reports.action((ids: string[], options) => {
    const { period, form, format } = options;
    if (period === undefined) {
      if (ids.length === 0) reports.error("error: name a conversation, or a period with --period");
      return decide(async (terminal) => (await import("./commands/report.ts")).report(ids, options, terminal));
    }
    if (ids.length > 0) reports.error("error: a period is of a checklist, not of conversations that are named");
    if (form === undefined) reports.error("error: --period needs a checklist: --form <id>");
    if (!["pdf", "json", "csv"].includes(format)) reports.error("error: a period is written as pdf, json or csv");
    return decide(async (terminal) => (await import("./commands/report.ts")).reportPeriod(options, terminal));
  });

  withLibrary(program.command("drivers"))
    .description("what the conversations of the library are about, rising and falling by period")
    .addOption(new Option("--period <period>", "how long a period is").choices(["day", "week", "month"]).default("week"))
    .option("--json", "print JSON, with the conversations of each")
    .action((options) => decide(async (terminal) => (await import("./commands/drivers.ts")).drivers(options, terminal)));

  withLibrary(program.command("journeys"))
    .description("the customers of the library who came more than once, over all channels, and what can be said of their way")
    .option("--customer <text>", "a name, number, address or id: every conversation of those it finds, with the words")
    .option("--json", "print one JSON object a line")
    .action((options) => decide(async (terminal) => (await import("./commands/journeys.ts")).journeys(options, terminal)));

  const ledger = program.command("ledger").description("the record of all that was done, chained and signed");
  withLibrary(ledger.command("verify"))
    .description("verify every entry, signature and checkpoint of the library's ledger")
    .option("--json", "print JSON")
    .action((options) => decide(async (terminal) => (await import("./commands/ledger.ts")).verifyLedger(options, terminal)));
  withLibrary(ledger.command("export"))
    .description("write the whole ledger as JSON, for `earmark verify` and for anybody else")
    .option("--out <file>", "the file to write (default: standard output)", path)
    .action((options) =>
      decide(async (terminal) => (await import("./commands/ledger.ts")).exportLedger("ledger", options, terminal)),
    );
  withLibrary(ledger.command("checkpoint"))
    .description("write the state that the ledger is in, sealed: kept elsewhere, it shows later that nothing was cut off")
    .option("--out <file>", "the file to write (default: standard output)", path)
    .action((options) =>
      decide(async (terminal) => (await import("./commands/ledger.ts")).exportLedger("checkpoint", options, terminal)),
    );
  withLibrary(ledger.command("list"))
    .description("print entries, the latest first")
    .option("--kind <kind>", "of this kind alone, such as export (again for more)", folders)
    .option("--conversation <id>", "about this conversation alone")
    .option("--author <name>", "made by this person alone")
    .option("--from <day>", "from this day on (UTC), such as 2026-11-01")
    .option("--to <day>", "up to this day, included")
    .option("--limit <n>", "so many at most (default: 100)", wholeNumber(1, 1_000))
    .option("--json", "print the entries as they lie in the ledger")
    .action((options) => decide(async (terminal) => (await import("./commands/ledger.ts")).listLedger(options, terminal)));
  withLibrary(ledger.command("rotate-key"))
    .description("make a new signing key, and have the old one hand over to it")
    .option("--json", "print JSON")
    .action((options) => decide(async (terminal) => (await import("./commands/ledger.ts")).rotateKey(options, terminal)));
  program
    .command("verify")
    .description("say whether a report or a ledger is as it was sealed, and if not, what was changed; needs no library")
    .argument("<file>", "a sealed report or an exported ledger")
    .option("--key <id>", "the id of the key that has to have signed it, or how it begins (again for more)", folders)
    .option("--checkpoint <file>", "a report or ledger of the same library, from earlier or later, to compare with", path)
    .option("--json", "print JSON")
    .action((file: string, options) =>
      decide(async (terminal) => (await import("./commands/verify.ts")).verify(file, options, terminal)),
    );

  withLibrary(program.command("serve"))
    .description("serve the library to a browser on this machine; prints a one-time address")
    .option("--port <n>", "the port (default: a free one)", wholeNumber(0, 65_535))
    .action((options) => decide(async (terminal) => (await import("./commands/serve.ts")).serve(options, terminal)));

  withLibrary(program.command("doctor"))
    .description("print the state of everything Earmark works with")
    .option("--json", "print JSON")
    .action((options) => decide(async (terminal) => (await import("./commands/doctor.ts")).doctor(options, terminal)));

  return program;
}
