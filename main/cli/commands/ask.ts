import { clock, quoted, wordsTaken } from "../../../app/conformity/evidence.ts";
import { throwIfCancelled } from "../../../app/contract/errors.ts";
import type { AskedAnswer, NewQuestion, QuestionPlan, QuestionView } from "../../../app/contract/question-views.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `ask` takes. */
export interface AskOptions extends LibraryOptions {
  /** Asks what this search finds, instead of ids. */
  readonly search?: string;
  readonly yesNo?: boolean;
  /** With commas in between. */
  readonly options?: string;
  readonly passages?: boolean;
  /** Agrees to what is sent. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Answers printed at a time. */
const pageSize = 200;

/** Asks conversations a question and prints what they answer, with counts where there are many. */
export async function ask(text: string, ids: readonly string[], options: AskOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const question = questionOf(text, ids, options);
    const plan = await library.call("question.plan", { question });
    terminal.err(`${planText(plan)}\n`);
    if (plan.by === "writer" && options.yes !== true) {
      terminal.err("Nothing was sent. Ask again with --yes to agree to this, or with --passages to ask nobody.\n");
      return exitCodes.usage;
    }
    const { id } = await library.call("question.ask", { question, agreement: plan.agreement });
    await answered(library, id, terminal);
    const view = await library.call("question.get", { id });
    const answers = await allAnswers(library, id);
    terminal.out(options.json === true ? `${JSON.stringify({ question: view, answers }, null, 2)}\n` : textOf(view, answers));
    return exitCodes.done;
  });
}

function questionOf(text: string, ids: readonly string[], options: AskOptions): NewQuestion {
  const [only] = ids;
  const offered = options.options?.split(",").map((one) => one.trim());
  return {
    text,
    shape:
      options.yesNo === true
        ? { kind: "yes-no" }
        : offered === undefined
          ? { kind: "text" }
          : { kind: "options", options: offered },
    scope:
      options.search !== undefined
        ? { kind: "search", text: options.search }
        : ids.length === 1 && only !== undefined
          ? { kind: "conversation", conversationId: only }
          : { kind: "selection", conversationIds: [...ids] },
    ...(options.passages === true ? { by: "search" as const } : {}),
  };
}

/** What asking would do, in words. */
function planText(plan: QuestionPlan): string {
  const { conversations, withoutWords, requests, inputTokens, outputTokens, cost, sampled, to } = plan;
  const many = `${conversations} ${conversations === 1 ? "conversation" : "conversations"}`;
  const silent = withoutWords === 0 ? "" : ` ${withoutWords} without words cannot be asked.`;
  if (to === null) return `Looks for passages in ${many} on this machine; nothing is sent.${silent}`;
  const place =
    to.url ?? (to.engine === "bedrock" ? `Amazon Bedrock, ${to.region ?? "the region of the profile"}` : "the endpoint");
  const price = cost === null ? "" : `, at a cost of about ${cost.toFixed(2)}`;
  const about = sampled ? "about " : "";
  return (
    `Sends the redacted words of ${many} to ${to.model} (${place})${to.isHere ? ", which is on this machine" : ""}: ` +
    `${about}${requests} requests, ${inputTokens} tokens in and ${outputTokens} out${price}.${silent}`
  );
}

/** Waits until nothing is under way, telling how far it is; stops asking where the command is stopped. */
async function answered(library: OpenLibrary, id: string, terminal: Terminal): Promise<void> {
  let wake = (): void => undefined;
  const stopListening = library.subscribe(({ name }) => {
    if (name === "question.changed") wake();
  });
  const stop = (): void => wake();
  terminal.signal.addEventListener("abort", stop);
  try {
    for (let told = -1; ; ) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const { underWay, states, conversations } = await library.call("question.get", { id });
      if (!underWay) return;
      if (terminal.signal.aborted) await library.call("question.cancel", { id });
      throwIfCancelled(terminal.signal);
      const done = conversations - states.waiting - states.running;
      if (terminal.interactive && done !== told) terminal.err(`${done} of ${conversations}\n`);
      told = done;
      await changed;
    }
  } finally {
    terminal.signal.removeEventListener("abort", stop);
    stopListening();
  }
}

async function allAnswers(library: OpenLibrary, id: string): Promise<AskedAnswer[]> {
  const all: AskedAnswer[] = [];
  for (;;) {
    const { answers, total } = await library.call("question.answers", { id, offset: all.length, limit: pageSize });
    all.push(...answers);
    if (answers.length === 0 || all.length >= total) return all;
  }
}

const openGroupTexts: Readonly<Record<string, string>> = {
  "not-said": "not said",
  "for-a-person": "for a person",
  passages: "passages found",
  "no-passage": "no passage",
};

function textOf({ conversations, states, groups, failure, by }: QuestionView, answers: readonly AskedAnswer[]): string {
  const failed = states.failed + states.interrupted + states.cancelled;
  const counts = [
    ...groups.map(({ key, said, count }) => `${count} ${openGroupTexts[key] ?? quoted(said ?? key)}`),
    ...(failed === 0 ? [] : [`${failed} not answered`]),
  ];
  const lines = [
    ...(conversations > 1 ? [`${conversations} conversations: ${counts.join(", ")}.`] : []),
    ...(failure === null ? [] : [`It could not go on: ${failure.message}`]),
    ...(by === "search" ? ["Passages that match the question best; nobody has answered it."] : []),
    ...answers.flatMap((one) => ["", ...answerLines(one)]),
  ];
  return `${lines.join("\n").trimStart()}\n`;
}

function answerLines({ conversationId, title, state, group, said, answer, failure }: AskedAnswer): string[] {
  const result = said ?? (failure === null ? (openGroupTexts[group ?? ""] ?? state) : `not answered: ${failure.message}`);
  const reasons =
    answer?.value === null
      ? answer.faults.map(({ text }) => text)
      : answer?.value.kind === "choice"
        ? [answer.justification]
        : [];
  return [
    `${conversationId}  ${title}`,
    `  ${result}`,
    ...reasons.filter((text) => text !== "").map((text) => `  ${text}`),
    ...(answer?.evidence ?? []).map(
      (quote) => `  ${clock(quote.anchor.startMs)} ${quote.roles.join(", ")}: ${quoted(wordsTaken(quote))}`,
    ),
    ...(answer?.searched ?? []).map(({ what }) => `  Looked for in vain: ${what}`),
  ];
}
