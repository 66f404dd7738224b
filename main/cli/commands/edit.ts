import { z } from "zod";
import type { CallOutput } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { JobView, StageName } from "../../../app/contract/views.ts";
import { type Operation, operationSchema } from "../../../app/conversation/operations.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { orAborted } from "../hearing.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `edit` is asked to do: one of these. */
export interface EditOptions extends LibraryOptions {
  /** Corrections as JSON: an operation, or a list of them. All that are given are one change. */
  readonly operation?: readonly string[];
  readonly undo?: boolean;
  readonly redo?: boolean;
  readonly history?: boolean;
  readonly json?: boolean;
}

type View = CallOutput<"conversation.get">;

/**
 * Corrects a conversation of the library as its page does, takes a change back, makes it again, or prints all changes.
 * Waits until what follows from the change has been worked out. Throws `input-invalid` for what is no operation or does
 * not fit the conversation, `not-found`, and `cancelled`.
 */
export async function edit(id: string, options: EditOptions, terminal: Terminal): Promise<ExitCode> {
  const operations = (options.operation ?? []).flatMap(readOperations);
  return withLibrary(openLibrary(options), async (library) => {
    if (options.history === true) {
      const { changes } = await library.call("conversation.history", { id });
      for (const change of changes) terminal.out(options.json === true ? `${JSON.stringify(change)}\n` : changeLine(change));
      if (changes.length === 0) terminal.err("Nobody has changed this conversation.\n");
      return exitCodes.done;
    }
    const before = await library.call("conversation.get", { id });
    const after = await changed(library, id, options, operations);
    const differs = after.revision !== before.revision;
    if (differs) await followed(library, id, terminal.signal);
    if (options.json === true) {
      const { revision, undo, redo } = after;
      terminal.out(`${JSON.stringify({ id, changed: differs, revision, undo, redo })}\n`);
      return exitCodes.done;
    }
    terminal.out(told(differs, options, operations, before));
    return exitCodes.done;
  });
}

function changed(library: OpenLibrary, id: string, options: EditOptions, operations: Operation[]): Promise<View> {
  if (options.undo === true) return library.call("conversation.undo", { id });
  if (options.redo === true) return library.call("conversation.redo", { id });
  return library.call("conversation.correctAll", { id, operations });
}

function told(differs: boolean, options: EditOptions, operations: readonly Operation[], before: View): string {
  if (options.undo === true) return differs ? `Taken back: ${before.undo?.kind ?? ""}.\n` : "There is nothing to take back.\n";
  if (options.redo === true) return differs ? `Made again: ${before.redo?.kind ?? ""}.\n` : "There is nothing to make again.\n";
  return differs ? `Changed: ${kinds(operations)}.\n` : "It is like that already.\n";
}

function changeLine({ at, author, operations, state, undoneAt }: CallOutput<"conversation.history">["changes"][number]): string {
  const note =
    state === "undone"
      ? ` (taken back ${undoneAt ?? ""})`
      : state === "left-behind"
        ? " (of words heard before, holds no more)"
        : "";
  return `${at}  ${author === "" ? "?" : author}  ${kinds(operations)}${note}\n`;
}

/** What kinds of operations there are, each with its count where that is more than one. */
function kinds(operations: readonly Operation[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of operations) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} ${count}`)).join(", ");
}

function readOperations(text: string): Operation[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EarmarkError("input-invalid", 'An operation has to be JSON, such as {"kind":"swap-roles"}.');
  }
  const parsed = z
    .array(operationSchema)
    .min(1)
    .safeParse(Array.isArray(value) ? value : [value]);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.slice(1).join(".") ?? "";
  throw new EarmarkError("input-invalid", `This is no operation${where === "" ? "" : ` (${where})`}: ${issue?.message ?? ""}`);
}

/** Stages that work out anew what rests on the words, after a correction. */
const following: readonly StageName[] = ["insight", "categories", "mute"];

/** Resolves when what follows from a correction has been worked out, or waits for a hearing that is another command's matter. */
async function followed(library: OpenLibrary, id: string, signal: AbortSignal): Promise<void> {
  let wake: () => void = () => undefined;
  const unsubscribe = library.subscribe(({ name }) => {
    if (name === "job.changed") wake();
  });
  // Nothing else may keep the process alive while a stage rests.
  const alive = setInterval(() => wake(), 1_000);
  try {
    for (;;) {
      const next = new Promise<void>((done) => {
        wake = done;
      });
      const { job } = await library.call("conversation.get", { id });
      if (job === null || !isFollowing(job)) return;
      await orAborted(next, signal);
    }
  } finally {
    clearInterval(alive);
    unsubscribe();
  }
}

function isFollowing({ stages }: JobView): boolean {
  const isOpen = ({ state }: JobView["stages"][number]): boolean => state === "waiting" || state === "running";
  return (
    stages.some((stage) => following.includes(stage.name) && isOpen(stage)) &&
    !stages.some((stage) => !following.includes(stage.name) && isOpen(stage))
  );
}
