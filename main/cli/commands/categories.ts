import { readFile } from "node:fs/promises";
import type { CategoryFinding, QuotedPlace } from "../../../app/contract/category-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { unjudgedText } from "../../../app/insight/rules-evaluate.ts";
import { figure } from "../../../app/insight/rules-explain.ts";
import { readRulesFile } from "../../../app/insight/rules-file.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HearingRequest, hear } from "../hearing.ts";
import { type LibraryOptions, openLibrary, openTemporaryLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What the commands about categories take. */
export interface CategoriesOptions extends LibraryOptions {
  readonly json?: boolean;
}

/**
 * Tries a file of rules on recordings or transcripts and prints what each rule found in each, with the words, or where it
 * looked in vain. Nothing is kept, unless a library is named: then the files come into it, and the rules do not.
 */
export async function testCategories(
  rules: string,
  files: readonly string[],
  options: CategoriesOptions & Omit<HearingRequest, "files">,
  terminal: Terminal,
): Promise<ExitCode> {
  const read = readRulesFile(await rulesText(rules));
  for (const note of read.notes) terminal.err(`${rules}: ${note}\n`);
  return withLibrary(openTemporaryLibrary(options), async (library) => {
    // Those that come with Earmark are not what was asked for.
    const { categories: others } = await library.call("category.list", {});
    for (const { category } of others) await library.call("category.remove", { id: category.id });
    for (const category of read.categories) await library.call("category.save", { category });
    let code: ExitCode = exitCodes.done;
    for await (const { name, conversationId, failure } of hear(library, { ...options, files }, terminal)) {
      if (failure !== null) {
        terminal.err(describeFailure(failure, name));
        if (code === exitCodes.done) code = exitCodeFor(failure.code);
      }
      if (failure !== null || conversationId === null) continue;
      const { findings } = await library.call("category.results", { conversationId });
      if (options.json === true) terminal.out(`${JSON.stringify({ file: name, findings })}\n`);
      else terminal.out(`${name}\n${findings.map(findingText).join("")}`);
    }
    return code;
  });
}

/** Lists the categories of the library with their rules as sentences. */
export async function listCategories(options: CategoriesOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { categories } = await library.call("category.list", {});
    for (const { category, origin, present, absent, unknown, sentence } of categories) {
      if (options.json === true) terminal.out(`${JSON.stringify({ ...category, origin, sentence, present, absent, unknown })}\n`);
      else
        terminal.out(
          `${category.id}  ${origin}${category.enabled ? "" : ", off"}, in ${present} of ${present + absent + unknown}\n  ${sentence}\n`,
        );
    }
    return exitCodes.done;
  });
}

/** Takes a file of rules into the library and prints the ids of its categories. */
export async function importCategories(rules: string, options: CategoriesOptions, terminal: Terminal): Promise<ExitCode> {
  const text = await rulesText(rules);
  return withLibrary(openLibrary(options), async (library) => {
    const { ids, format, notes } = await library.call("category.import", { text });
    for (const note of notes) terminal.err(`${rules}: ${note}\n`);
    terminal.out(options.json === true ? `${JSON.stringify({ ids, format })}\n` : `${ids.join("\n")}\n`);
    return exitCodes.done;
  });
}

async function rulesText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new EarmarkError(missing ? "file-missing" : "file-unreadable", "The file of rules cannot be read.", {}, { cause });
  }
}

function findingText(finding: CategoryFinding): string {
  const { name, id, outcome, places, against, searched, figures, unjudged, sentence } = finding;
  const lines = [`  ${outcome.padEnd(7)} ${name} (${id}): ${sentence}`];
  const place = ({ startMs, role, quote }: QuotedPlace): string =>
    `${clock(startMs)}${role === null ? "" : ` ${role}`}${quote === "" ? "" : `: ${quote}`}`;
  for (const one of places) lines.push(`          ${place(one)}`);
  for (const one of against) lines.push(`          but ${place(one)}`);
  for (const one of figures) lines.push(`          ${one.name} is ${figure(one.name, one.value)}`);
  if (outcome === "absent" || places.length === 0) {
    for (const { what, startMs, endMs, words, turns } of searched) {
      lines.push(`          not found: ${what} (${clock(startMs)} to ${clock(endMs)}, ${words} words of ${turns} turns)`);
    }
  }
  for (const reason of unjudged) lines.push(`          not judged: ${unjudgedText(reason)}`);
  return `${lines.join("\n")}\n`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
