import { readFile } from "node:fs/promises";
import { valueText } from "../../../app/conformity/answer-value.ts";
import { faultLine } from "../../../app/conformity/checked-text.ts";
import { clock, quoted } from "../../../app/conformity/evidence.ts";
import { questionById } from "../../../app/conformity/form-questions.ts";
import type { EvaluationView, JudgedQuestionView } from "../../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `score` takes. */
export interface ScoreOptions extends LibraryOptions {
  /** The id of a checklist of the library, or a file with one; then nothing is kept. */
  readonly form: string;
  readonly json?: boolean;
}

/** Judges a conversation of the library by a checklist and prints the score with what every answer rests on. */
export async function score(id: string, options: ScoreOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const view = await judged(library, id, options.form);
    terminal.out(options.json === true ? `${JSON.stringify(view, null, 2)}\n` : evaluationText(view));
    return exitCodes.done;
  });
}

async function judged(library: OpenLibrary, conversationId: string, form: string): Promise<EvaluationView> {
  const text = /[./\\]/u.test(form) ? await readFile(form, "utf8").catch(() => null) : null;
  if (text === null) return library.call("evaluation.begin", { conversationId, formId: form });
  const { evaluation, faults } = await library.call("checklist.preview", { text, conversationId });
  const [fault] = faults;
  if (fault !== undefined) throw new EarmarkError("format-malformed", `${form}: ${faultLine(fault)}`, { faults: faults.length });
  if (evaluation === null)
    throw new EarmarkError("not-found", "Nothing of this conversation has been heard or read.", { id: conversationId });
  return evaluation;
}

/** An evaluation for reading in a terminal. */
function evaluationText({
  evaluation: { form, stage },
  questions,
  score: { conformity, quality, overall, band, failedBy },
  range,
  provisional,
}: EvaluationView): string {
  const percent = (value: number | null): string => (value === null ? "not scored" : `${value}%`);
  const lines = [
    `${form.title}, version ${form.version}${stage === "submitted" ? "" : " (not submitted)"}`,
    `Score: ${range.sentence}${band === null ? "" : ` (${band})`}${overall.askable > overall.answered ? `, ${overall.answered} of ${overall.askable} answered` : ""}`,
    ...(conformity.percent !== null && quality.percent !== null
      ? [`Conformity ${percent(conformity.percent)}, quality ${percent(quality.percent)}`]
      : []),
    ...(failedBy.length === 0 ? [] : [`Failed by: ${failedBy.join(", ")}`]),
    ...(provisional.length === 0 ? [] : [`Provisional: ${provisional.join("; ")}.`]),
    "",
    ...questions.flatMap((question) => questionLines(question, form)),
  ];
  return `${lines.join("\n")}\n`;
}

function questionLines(
  { questionId, number, answer, value, state, stale, doubt, evidence }: JudgedQuestionView,
  form: EvaluationView["evaluation"]["form"],
): string[] {
  const question = questionById(form, questionId);
  if (question === undefined || state === "not-asked") return [];
  const who = answer.decision !== null ? `by ${answer.decision.author}` : answer.suggestion !== null ? "by the machine" : "";
  const said = value === null ? (state === "for-a-person" ? "for a person" : "unanswered") : valueText(question, value);
  return [
    `${number}. ${question.ask}`,
    `   ${said}${value === null || who === "" ? "" : `, ${who}`}${state === "stale" ? ", STALE" : ""}${doubt.amount >= 0.3 ? `, in doubt (${doubt.reasons[0]?.text ?? ""})` : ""}`,
    ...(answer.suggestion === null ? [] : [`   ${answer.suggestion.sentence}`]),
    ...stale.map(({ reason }) => `   ${reason}`),
    ...evidence
      .slice(0, 3)
      .map(({ startMs, role, quote }) => `   ${clock(startMs)} ${role ?? ""}: ${quote === null ? "hidden" : quoted(quote)}`),
  ];
}
