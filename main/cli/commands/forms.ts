import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { faultLine } from "../../../app/conformity/checked-text.ts";
import { formFromConnect, isConnectForm } from "../../../app/conformity/connect-form.ts";
import type { CarriedNote } from "../../../app/conformity/connect-shape.ts";
import type { Form } from "../../../app/conformity/form.ts";
import { questionsOf } from "../../../app/conformity/form-questions.ts";
import { checkFormText, type FormReading } from "../../../app/conformity/form-text.ts";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import { earmarkFolder } from "../../backend/surroundings.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import type { Terminal } from "../terminal.ts";

/** What the commands about checklists take. */
export interface FormsOptions {
  readonly json?: boolean;
}

/** Checks files of checklists and prints every mistake with its line and what to write instead; ends with 4 where there is one. */
export async function checkForms(files: readonly string[], options: FormsOptions, terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  for (const file of files) {
    try {
      const { form, faults, notes } = checked(await formText(file));
      if (options.json === true) {
        const known = form === null ? {} : { id: form.id, version: form.version, questions: questionsOf(form).length };
        terminal.out(`${JSON.stringify({ file, ...known, faults, notes })}\n`);
      } else if (form !== null) {
        terminal.out(`${file}: ${summary(form)}\n`);
        for (const { about, text } of notes) terminal.err(`${file}: ${about === null ? "" : `${about}: `}${text}\n`);
      } else {
        for (const fault of faults) terminal.err(`${file}: ${faultLine(fault)}\n`);
      }
      if (form === null) code = exitCodes.unreadable;
    } catch (thrown) {
      const failure = toFailure(thrown);
      terminal.err(describeFailure(failure, file));
      if (code === exitCodes.done) code = exitCodeFor(failure.code);
    }
  }
  return code;
}

/** Reads a checklist, or an evaluation form of Amazon Connect with what of it cannot be carried. */
function checked(text: string): FormReading & { readonly notes: readonly CarriedNote[] } {
  const json = text.trimStart().startsWith("{") ? jsonOf(text) : undefined;
  if (!isConnectForm(json)) return { ...checkFormText(text), notes: [] };
  return { ...formFromConnect(json), faults: [] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON may be YAML that begins with a bracket: its reader tells what is wrong.
    return undefined;
  }
}

/** Lists the checklists that come with Earmark: what each asks, and what it serves. */
export async function listForms(options: FormsOptions, terminal: Terminal): Promise<ExitCode> {
  const folder = join(earmarkFolder, "resources", "checklists");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  for (const name of names) {
    const { form, faults } = checkFormText(await formText(join(folder, name)));
    const [fault] = faults;
    if (form === null) {
      throw new EarmarkError("internal", `The checklist ${name} is broken. ${fault === undefined ? "" : faultLine(fault)}`);
    }
    if (options.json === true) {
      const { id, version, title, serves, notice, languages } = form;
      terminal.out(`${JSON.stringify({ id, version, title, serves, notice, languages, questions: questionsOf(form).length })}\n`);
    } else {
      terminal.out(`${summary(form)}\n  ${form.serves}\n  ${form.notice}\n`);
    }
  }
  return exitCodes.done;
}

/** "service-quality, version 1: Service quality, 14 questions (10 by rule, 2 by a writer, 2 by a person)". */
function summary(form: Form): string {
  const answerers = questionsOf(form).map(({ question: { answeredBy } }) =>
    answeredBy === "person" ? "a person" : "rule" in answeredBy ? "rule" : "a writer",
  );
  const counts = ["rule", "a writer", "a person"].flatMap((by) => {
    const count = answerers.filter((one) => one === by).length;
    return count === 0 ? [] : [`${count} by ${by}`];
  });
  const number = answerers.length === 1 ? "1 question" : `${answerers.length} questions`;
  return `${form.id}, version ${form.version}: ${form.title}, ${number} (${counts.join(", ")})`;
}

async function formText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new EarmarkError(missing ? "file-missing" : "file-unreadable", "The checklist cannot be read.", {}, { cause });
  }
}
