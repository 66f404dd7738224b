import type { Suggestion } from "../../../app/conformity/answer.ts";
import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import type { Form } from "../../../app/conformity/form.ts";
import { type PlacedQuestion, questionsOf } from "../../../app/conformity/form-questions.ts";
import { type Asked, askedByPerson, askedOfPrompt, askedOfQuestion } from "../../../app/conformity/writing/asked.ts";
import { type Prompt, promptsOf, type Workflow } from "../../../app/conformity/writing/prompt.ts";
import { suggestionOfWriter, type Written, type WrittenAnswer } from "../../../app/conformity/writing/written.ts";
import { EarmarkError, type Failure, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
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
  question: string,
  read: ReadRevision,
  { writer, prompts, attention }: Writing,
): Promise<Written> {
  const asked = askedByPerson(redactText(question), promptById(prompts, usualPrompts.ask));
  return writer.answer([asked], read, attention);
}

/** What one of many conversations answered, or why it could not be asked. */
export interface AskedConversation {
  readonly conversationId: string;
  readonly written: Written | null;
  readonly failure: Failure | null;
}

/** What many conversations answered to one question. */
export interface AskedConversations {
  readonly question: string;
  readonly conversations: readonly AskedConversation[];
  /** Those with a proven answer, those left to a person, and those that could not be asked. */
  readonly answered: number;
  readonly open: number;
  readonly failed: number;
}

/** Failures that every further conversation would meet, too. */
const lasting: ReadonlySet<string> = new Set(["writer-none", "aws-credentials-missing", "aws-denied", "aws-not-found"]);

/**
 * Puts a question to each of many conversations and gathers the answers as they are: each has its quotes, and no model sums
 * them up without. One that cannot be asked costs no other; where none can be (no credentials) the first failure is thrown.
 *
 * @param reads made when its turn has come, so that not all are held at once; `onAnswer` is told of each when it is there.
 */
export async function askConversations(
  question: string,
  reads: Iterable<() => ReadRevision>,
  count: number,
  { writer, prompts, attention }: Writing,
  onAnswer: (one: AskedConversation) => void = () => undefined,
): Promise<AskedConversations> {
  const conversations: AskedConversation[] = [];
  for (const open of reads) {
    throwIfCancelled(attention.signal);
    const read = open();
    const before = conversations.length;
    const own = {
      signal: attention.signal,
      onProgress: (share: number) => attention.onProgress((before + share) / Math.max(1, count)),
    };
    let one: AskedConversation;
    try {
      const written = await askConversation(question, read, { writer, prompts, attention: own });
      one = { conversationId: read.conversation.id, written, failure: null };
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code === "cancelled" || (lasting.has(failure.code) && before === 0)) throw thrown;
      one = { conversationId: read.conversation.id, written: null, failure };
    }
    conversations.push(one);
    onAnswer(one);
  }
  const isAnswered = ({ written }: AskedConversation): boolean => written?.answers[0]?.value != null;
  const failed = conversations.filter(({ failure }) => failure !== null).length;
  const answered = conversations.filter(isAnswered).length;
  return { question: redactText(question), conversations, answered, open: conversations.length - answered - failed, failed };
}

/**
 * The text of an answer to a person's question; null where it is left to a person.
 *
 * @throws EarmarkError `internal` for an answer to something else.
 */
export function askedText({
  answers,
}: Pick<Written, "answers">): { readonly text: string; readonly answer: WrittenAnswer } | null {
  const [answer] = answers;
  if (answer === undefined) throw new EarmarkError("internal", "A question has no answer at all.");
  return answer.value?.kind === "text" ? { text: answer.value.text, answer } : null;
}
