import type { Suggestion } from "../../../app/conformity/answer.ts";
import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import type { Form } from "../../../app/conformity/form.ts";
import { type PlacedQuestion, questionsOf } from "../../../app/conformity/form-questions.ts";
import { type Asked, askedByPerson, askedOfPrompt, askedOfQuestion } from "../../../app/conformity/writing/asked.ts";
import { type Prompt, promptsOf, type Workflow } from "../../../app/conformity/writing/prompt.ts";
import { askedShape, type QuestionShape } from "../../../app/conformity/writing/question.ts";
import { suggestionOfWriter, type Written } from "../../../app/conformity/writing/written.ts";
import { redactText } from "../../../app/insight/redaction.ts";
import type { Attention, Writer } from "../../../app/ports.ts";
import { type PromptSet, promptById, usualPrompts } from "./prompts.ts";

/* What a writer is needed for, one function for each. None of them keeps anything: whoever calls does. */

/** What every need takes beside its own. */
export interface Writing {
  readonly writer: Writer;
  readonly prompts: PromptSet;
  readonly attention: Pick<Attention, "signal" | "onProgress">;
}

/** Questions of a form that a writer answers, in the form's order. */
export function writersQuestions(form: Pick<Form, "sections">): PlacedQuestion[] {
  return questionsOf(form).filter(({ question: { answeredBy } }) => typeof answeredBy === "object" && "writer" in answeredBy);
}

/** What came of a form: suggestions by question id, and all there is to keep of the run. */
export interface WrittenForm {
  readonly suggestions: ReadonlyMap<string, Suggestion>;
  /** Null where nothing was asked. */
  readonly written: Written | null;
}

/**
 * Answers the questions of a form that are a writer's.
 *
 * @param ids answers these alone, where given: a question that is asked anew.
 * @throws EarmarkError where nothing could be asked.
 */
export async function answerForm(
  form: Pick<Form, "sections">,
  read: ReadRevision,
  { writer, prompts, attention }: Writing,
  ids: ReadonlySet<string> | null = null,
): Promise<WrittenForm> {
  const asked: Asked[] = [];
  const suggestions = new Map<string, Suggestion>();
  for (const { question } of writersQuestions(form)) {
    if (ids !== null && !ids.has(question.id)) continue;
    const by = question.answeredBy;
    const named = (typeof by === "object" && "writer" in by ? by.writer.prompt : null) ?? usualPrompts.checklist;
    const prompt = prompts.prompts.get(named);
    if (prompt === undefined) suggestions.set(question.id, withoutPrompt(named, read));
    else asked.push(askedOfQuestion(question, prompt));
  }
  if (asked.length === 0) return { suggestions, written: null };
  const written = await writer.answer(asked, read, attention);
  for (const one of written.answers) suggestions.set(one.id, suggestionOfWriter(one, written, read));
  return { written, suggestions };
}

/** What becomes of a question whose prompt is not there: it is a person's, and the others are asked. */
function withoutPrompt(id: string, { wordsHash, revision }: ReadRevision): Suggestion {
  return {
    by: "writer",
    value: null,
    sentence: "",
    evidence: [],
    searched: [],
    figures: [],
    unjudged: [`No prompt is called '${id}'.`],
    confidence: null,
    source: id,
    wordsHash,
    revision,
  };
}

/** Runs prompts over a conversation: a summary, the topic, next actions. Each answer has its prompt's id. */
export async function runPrompts(
  prompts: readonly Prompt[],
  read: ReadRevision,
  { writer, attention }: Pick<Writing, "writer" | "attention">,
): Promise<Written> {
  return writer.answer(prompts.map(askedOfPrompt), read, attention);
}

/** Runs a workflow of a person's own. @throws EarmarkError `not-found` for a prompt that is not there. */
export async function runWorkflow(workflow: Workflow, read: ReadRevision, writing: Writing): Promise<Written> {
  return runPrompts(promptsOf(workflow, writing.prompts.prompts), read, writing);
}

/** Puts a question that a person has typed to one conversation. What looks like a card number in it is not sent. */
export async function askConversation(
  question: { readonly text: string; readonly shape: QuestionShape },
  read: ReadRevision,
  { writer, prompts, attention }: Writing,
): Promise<Written> {
  return writer.answer([askedQuestion(question, prompts)], read, attention);
}

/** A person's question as a writer is asked it. @throws EarmarkError `not-found` where its prompt is not there. */
export function askedQuestion(
  { text, shape }: { readonly text: string; readonly shape: QuestionShape },
  prompts: PromptSet,
): Asked {
  return askedByPerson(redactText(text), askedShape(shape), promptById(prompts, usualPrompts.ask));
}
