import { randomBytes } from "node:crypto";
import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import type { Asked } from "../../../app/conformity/writing/asked.ts";
import { answerTokens, roomFor } from "../../../app/conformity/writing/budget.ts";
import { contextTurns, excerptOf, type Part, splitParts } from "../../../app/conformity/writing/parts.ts";
import { type RenderedTranscript, renderTranscript } from "../../../app/conformity/writing/rendering.ts";
import { type AnswerReading, type FoundQuote, readAnswers, readChecks } from "../../../app/conformity/writing/reply.ts";
import {
  type AskMode,
  answerRequest,
  checkRequest,
  frameVersion,
  type ModelRequest,
} from "../../../app/conformity/writing/request.ts";
import { findSuspicions } from "../../../app/conformity/writing/suspicion.ts";
import type { Fault, ModelCall, Written, WrittenAnswer } from "../../../app/conformity/writing/written.ts";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import { redactPersonalData } from "../../../app/insight/redaction.ts";
import type { RedactionPolicy } from "../../../app/insight/redaction-policy.ts";
import type { Attention, Clock, LanguageModel, ModelReply, Writer } from "../../../app/ports.ts";
import { createPlaces } from "../speech/sagemaker/attempts.ts";

/** What a writer works with. */
export interface WriterOptions {
  readonly model: LanguageModel;
  /** Tokens that the model takes in and gives out together, and those of one answer. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** For a million tokens; null where nobody knows. */
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  /** Whether answers are checked by a request that sees the question and the quotes alone. With turns that speak to the machine they always are. */
  readonly crossCheck: boolean;
  /** What is masked once more before anything is sent, over and above what the revision has masked. */
  readonly policy: RedactionPolicy;
  readonly clock: Clock;
  /** Names a block of data: letters and digits that nobody can know beforehand. */
  readonly nonce?: () => string;
}

/** Most questions asked together. */
const mostTogether = 12;
/** Smallest part that is worth asking about, in tokens. */
const smallestPart = 200;
/** Requests on their way at a time. */
const atATime = 3;

/** Faults that another request would not mend. */
const final: ReadonlySet<Fault["code"]> = new Set(["speaks-to-machine", "call-failed"]);

/** A writer over a language model: asks, verifies, asks once more, and leaves the rest to a person. */
export function createWriter(options: WriterOptions): Writer {
  return {
    answer: (asked, read, attention) => answerAll(options, asked, read, attention),
    close: () => options.model.close(),
  };
}

async function answerAll(
  options: WriterOptions,
  asked: readonly Asked[],
  read: ReadRevision,
  attention: Pick<Attention, "signal" | "onProgress">,
): Promise<Written> {
  throwIfCancelled(attention.signal);
  const conversation = { ...read.conversation, ...redactPersonalData(read.conversation, options.policy).transcript };
  const rendered = renderTranscript(conversation);
  const suspicions = findSuspicions(rendered);
  const { model } = options;
  const byNumber = new Map(rendered.turns.map((turn) => [turn.number, turn]));
  const written = {
    flagged: suspicions.flatMap(({ number, turnId, reasons }) => {
      const turn = byNumber.get(number)?.turn;
      return turn === undefined ? [] : [{ turnId, startMs: turn.startMs, endMs: turn.endMs, reasons: [...reasons] }];
    }),
    engine: model.engine,
    model: model.model,
    region: model.region,
    frameVersion,
    wordsHash: read.wordsHash,
    revision: read.revision,
  };
  if (rendered.turns.length === 0 || asked.length === 0) {
    const faults: Fault[] = [{ code: "nothing-said", text: "There are no words in this conversation." }];
    return { ...written, parts: 0, calls: [], answers: asked.map((one) => finished(one, { kind: "wrong", faults })) };
  }

  const run = new Run(options, rendered, new Set(suspicions.map(({ number }) => number)), conversation.id, attention);
  const groups = run.groupsOf(asked);
  const settled = await run.together(groups.map((group) => () => run.answerGroup(group)));
  const readings = new Map(settled.flatMap((one) => [...one]));
  const hasFailed = (reading: AnswerReading | undefined): boolean =>
    reading?.kind === "wrong" && reading.faults.some(({ code }) => code === "call-failed");
  if (run.failure !== null && asked.every(({ id }) => hasFailed(readings.get(id)))) throw run.failure;
  attention.onProgress(1);
  const answers = asked.map((one) =>
    finished(one, readings.get(one.id) ?? { kind: "wrong", faults: [{ code: "missing", text: "There is no answer." }] }),
  );
  return { ...written, parts: run.parts, calls: run.calls, answers };
}

function finished({ id, prompt }: Asked, reading: AnswerReading): WrittenAnswer {
  const base = { id, prompt: { id: prompt.id, version: prompt.version } };
  switch (reading.kind) {
    case "proven": {
      const { value, quotes, searched, justification, confidence } = reading;
      return { ...base, value, justification, quotes: quotes.map(kept), searched, confidence, faults: [] };
    }
    case "open": {
      const { justification, quotes } = reading;
      const text = justification === "" ? "The words do not settle it." : justification;
      const faults: Fault[] = [{ code: "cannot-tell", text }];
      return { ...base, value: null, justification, quotes: quotes.map(kept), searched: null, confidence: null, faults };
    }
    case "wrong":
      return {
        ...base,
        value: null,
        justification: "",
        quotes: [],
        searched: null,
        confidence: null,
        faults: [...reading.faults],
      };
  }
}

function kept({ turnId, wordIds, chars, role, startMs, endMs, text }: FoundQuote): WrittenAnswer["quotes"][number] {
  return { turnId, wordIds, chars, role, startMs, endMs, text };
}

type Readings = Map<string, AnswerReading>;

function all(asked: readonly Asked[], code: Fault["code"], text: string): Readings {
  return new Map(asked.map(({ id }) => [id, { kind: "wrong", faults: [{ code, text }] }]));
}

/** Asking about one conversation: what is known of it, and what was sent so far. */
class Run {
  readonly calls: ModelCall[] = [];
  /** Most parts that the transcript was sent in. */
  parts = 1;
  /** The first request that failed altogether. */
  failure: EarmarkError | null = null;
  #expected = 0;
  #ended = 0;
  readonly #places = createPlaces(atATime);
  readonly #options: WriterOptions;
  readonly #rendered: RenderedTranscript;
  readonly #suspicious: ReadonlySet<number>;
  readonly #conversationId: string;
  readonly #attention: Pick<Attention, "signal" | "onProgress">;

  constructor(
    options: WriterOptions,
    rendered: RenderedTranscript,
    suspicious: ReadonlySet<number>,
    conversationId: string,
    attention: Pick<Attention, "signal" | "onProgress">,
  ) {
    this.#options = options;
    this.#rendered = rendered;
    this.#suspicious = suspicious;
    this.#conversationId = conversationId;
    this.#attention = attention;
  }

  /** Questions that are asked together: as many as an answer has room for, and as leave half of the model's limit to the transcript. */
  groupsOf(asked: readonly Asked[]): Asked[][] {
    const most = Math.max(1, Math.min(mostTogether, Math.floor(this.#options.maxOutputTokens / answerTokens)));
    const groups: Asked[][] = [];
    for (const one of asked) {
      const last = groups.at(-1);
      const fits =
        last !== undefined &&
        last.length < most &&
        roomFor([...last, one], this.#options, this.#rendered) > this.#options.contextTokens / 2 - this.#options.maxOutputTokens;
      if (last !== undefined && fits) last.push(one);
      else groups.push([one]);
    }
    return groups;
  }

  async together<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
    // What fails stops the others: only a cancelled run does.
    return Promise.all(work.map((one) => one()));
  }

  async answerGroup(group: readonly Asked[]): Promise<Readings> {
    const room = roomFor(group, this.#options, this.#rendered);
    if (room < smallestPart) {
      return all(group, "too-long", "The questions alone are longer than what the model takes in.");
    }
    const parts = splitParts(this.#rendered, room);
    this.parts = Math.max(this.parts, parts.length);
    const [only] = parts;
    this.#expected += parts.length === 1 ? 1 : parts.length + 1;
    if (only !== undefined && parts.length === 1) return this.#settle(group, only, "whole");
    const gathered = await this.together(parts.map((part) => () => this.#settle(group, part, "gather")));
    return this.#decide(group, gathered, room);
  }

  /** Decides over what was found in the parts. */
  async #decide(group: readonly Asked[], gathered: readonly Readings[], room: number): Promise<Readings> {
    const numbers = new Map(group.map(({ id }) => [id, numbersOf(gathered.map((readings) => readings.get(id)))]));
    const wanted = new Set([...numbers.values()].flatMap((some) => [...some]));
    const excerpt = [contextTurns, 1, 0]
      .map((around) => excerptOf(this.#rendered, wanted, around))
      .find(({ tokens }) => tokens <= room);
    if (excerpt === undefined) {
      if (group.length === 1) return all(group, "too-long", "More was found than the model can weigh at once.");
      const half = Math.ceil(group.length / 2);
      this.#expected += 1;
      const halves = await this.together(
        [group.slice(0, half), group.slice(half)].map((some) => () => this.#decide(some, gathered, room)),
      );
      return new Map(halves.flatMap((one) => [...one]));
    }
    const decided = await this.#settle(group, excerpt, "decide");
    for (const { id } of group) {
      const reading = decided.get(id);
      const unread = gathered.flatMap((readings): readonly Fault[] => {
        const one = readings.get(id);
        return one?.kind === "wrong" ? one.faults : [];
      });
      const [fault] = unread;
      const rests = reading?.kind === "proven" && (reading.searched !== null || reading.value.kind === "not-applicable");
      if (fault === undefined || !rests) continue;
      const text = `A part of the conversation could not be searched, so that nothing was found proves nothing: ${fault.text}`;
      decided.set(id, { kind: "wrong", faults: [{ code: "part-unread", text }, fault] });
    }
    return decided;
  }

  /** Asks, and once more where an answer does not hold. */
  async #settle(group: readonly Asked[], part: Part, mode: AskMode): Promise<Readings> {
    const done: Readings = new Map();
    const faults = new Map<string, readonly Fault[]>();
    let batches: readonly (readonly Asked[])[] = [group];
    for (let round = 1; round <= 2; round++) {
      const again: Asked[] = [];
      let alone = false;
      const rounds = await this.together(batches.map((batch) => () => this.#once(batch, part, mode, faults)));
      for (const [place, { readings, isWhole }] of rounds.entries()) {
        alone ||= !isWhole;
        for (const one of batches[place] ?? []) {
          const reading = readings.get(one.id);
          if (reading === undefined) continue;
          done.set(one.id, reading);
          if (reading.kind !== "wrong" || reading.faults.some(({ code }) => final.has(code))) continue;
          again.push(one);
          faults.set(one.id, reading.faults);
        }
      }
      if (again.length === 0) break;
      // What made a whole answer fail may be one question: alone it costs no other.
      batches = alone ? again.map((one) => [one]) : [again];
      if (round === 1) this.#expected += batches.length;
    }
    return done;
  }

  /** One request for answers, and the check of what it proves. */
  async #once(
    batch: readonly Asked[],
    part: Part,
    mode: AskMode,
    faults: ReadonlyMap<string, readonly Fault[]>,
  ): Promise<{ readonly readings: Readings; readonly isWhole: boolean }> {
    const known = new Map(batch.flatMap(({ id }) => (faults.has(id) ? [[id, faults.get(id) ?? []] as const] : [])));
    const common = { nonce: this.#nonce(), maxTokens: this.#options.maxOutputTokens, conversationId: this.#conversationId };
    const reply = await this.#ask(
      answerRequest({ asked: batch, part, mode, faults: known, rendered: this.#rendered, ...common }),
      batch,
    );
    if (reply instanceof EarmarkError) return { readings: all(batch, "call-failed", reply.message), isWhole: true };
    const { stop, input } = reply;
    if (stop === "refused") {
      return { readings: all(batch, "refused", "The model, or a guardrail in front of it, refused to answer."), isWhole: false };
    }
    if (input === null) {
      const [code, text] =
        stop === "length"
          ? (["too-long", "The answer was cut off because it was too long."] as const)
          : (["shape", "The model did not record an answer as it was told to."] as const);
      return { readings: all(batch, code, text), isWhole: false };
    }
    const context = { asked: batch, rendered: this.#rendered, mode, suspicious: this.#suspicious };
    const readings = readAnswers(input, context);
    if (mode !== "gather") await this.#check(batch, readings);
    return { readings, isWhole: stop !== "length" };
  }

  /** Has proven answers checked by their quotes alone; those that are not supported are wrong. */
  async #check(batch: readonly Asked[], readings: Readings): Promise<void> {
    if (!this.#options.crossCheck && this.#suspicious.size === 0) return;
    const toCheck = batch.flatMap((asked) => {
      const reading = readings.get(asked.id);
      return reading?.kind === "proven" ? [{ ...reading, asked }] : [];
    });
    if (toCheck.length === 0) return;
    const proven = toCheck.map(({ asked }) => asked);
    const maxTokens = Math.min(this.#options.maxOutputTokens, 200 + 150 * proven.length);
    const request = checkRequest(toCheck, { nonce: this.#nonce(), maxTokens, conversationId: this.#conversationId });
    this.#expected += 1;
    const reply = await this.#ask(request, proven);
    const [code, text] =
      reply instanceof EarmarkError
        ? (["call-failed", `The answer could not be checked: ${reply.message}`] as const)
        : ([
            "not-supported",
            "The quotes alone do not lead to this answer. Quote the words that do, or answer otherwise.",
          ] as const);
    const supported = reply instanceof EarmarkError ? new Set<string>() : readChecks(reply.input);
    for (const { id } of proven) if (!supported.has(id)) readings.set(id, { kind: "wrong", faults: [{ code, text }] });
  }

  /** Sends a request in its turn and keeps what it took; a failure is an answer here, save that of a cancelled run. */
  async #ask(request: ModelRequest, asked: readonly Asked[]): Promise<ModelReply | EarmarkError> {
    const { model, clock } = this.#options;
    const { signal } = this.#attention;
    const at = new Date(clock.now()).toISOString();
    try {
      const reply = await this.#places.take(
        () => model.ask(request, { signal, onProgress: (share) => this.#tell(share) }),
        signal,
      );
      const { tokens, requestHash, ms } = reply;
      this.calls.push({
        purpose: request.purpose,
        at,
        model: model.model,
        requestHash,
        inputTokens: tokens?.input ?? null,
        outputTokens: tokens?.output ?? null,
        cost: this.#costOf(tokens),
        asked: asked.map(({ id }) => id),
        ms,
      });
      return reply;
    } catch (thrown) {
      throwIfCancelled(signal);
      if (!(thrown instanceof EarmarkError) || thrown.code === "cancelled") throw thrown;
      this.failure ??= thrown;
      return thrown;
    } finally {
      this.#ended += 1;
      this.#tell(0);
    }
  }

  #costOf(tokens: ModelReply["tokens"]): number | null {
    const { inputPrice, outputPrice } = this.#options;
    if (tokens === null || inputPrice === null || outputPrice === null) return null;
    return (tokens.input * inputPrice + tokens.output * outputPrice) / 1_000_000;
  }

  #tell(share: number): void {
    this.#attention.onProgress(Math.min(0.99, (this.#ended + share) / Math.max(1, this.#expected, this.#ended + 1)));
  }

  #nonce(): string {
    return (this.#options.nonce ?? (() => randomBytes(16).toString("hex")))();
  }
}

function numbersOf(readings: readonly (AnswerReading | undefined)[]): Set<number> {
  return new Set(
    readings.flatMap((reading) =>
      reading === undefined || reading.kind === "wrong" ? [] : reading.quotes.map(({ number }) => number),
    ),
  );
}
