import { clock, quoted } from "../../../app/conformity/evidence.ts";
import { shapeOfOutput } from "../../../app/conformity/writing/asked.ts";
import { valueForModel } from "../../../app/conformity/writing/request.ts";
import type { ShownEvidence } from "../../../app/contract/conformity-views.ts";
import { fromFailure } from "../../../app/contract/errors.ts";
import type { WritingsView, WritingView } from "../../../app/contract/writing-views.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { orAborted } from "../hearing.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `write` takes beside the conversations. */
export interface WriteOptions extends LibraryOptions {
  /** The id of a prompt; all that are turned on, where neither it nor a workflow is named. */
  readonly prompt?: string;
  readonly workflow?: string;
  /** Only the sentences that tell most: asks no language model. */
  readonly local?: boolean;
  readonly json?: boolean;
}

/** Has the language model write of conversations of the library, keeps what it wrote, and prints it with its quotes. */
export async function write(ids: readonly string[], options: WriteOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    // All of them are found before anything is sent.
    for (const id of ids) await library.call("conversation.get", { id });
    for (const id of ids) {
      const view = await (options.local === true
        ? library.call("writing.list", { conversationId: id })
        : written(library, id, options, terminal));
      terminal.out(
        options.json === true
          ? `${JSON.stringify({ conversationId: id, ...jsonOf(view, options) })}\n`
          : textOf(id, view, options),
      );
    }
    return exitCodes.done;
  });
}

/** Writes of one conversation and answers with what is new. Throws `cancelled`, after the writing was stopped. */
async function written(
  library: OpenLibrary,
  conversationId: string,
  { prompt, workflow }: WriteOptions,
  terminal: Terminal,
): Promise<WritingsView> {
  const before = new Set((await library.call("writing.list", { conversationId })).writings.map(({ id }) => id));
  const over = untilOver(library, conversationId, terminal);
  try {
    await library.call("writing.write", {
      conversationId,
      ...(prompt === undefined ? {} : { promptIds: [prompt] }),
      ...(workflow === undefined ? {} : { workflowId: workflow }),
    });
    await orAborted(over.done, terminal.signal);
  } catch (error) {
    await library.call("writing.cancel", { conversationId });
    throw error;
  } finally {
    over.end();
  }
  const view = await library.call("writing.list", { conversationId });
  if (view.failure !== null) throw fromFailure(view.failure);
  return { ...view, writings: view.writings.filter(({ id }) => !before.has(id)) };
}

/** Tells on standard error how far writing is, and resolves when nothing is being written any more. */
function untilOver(library: OpenLibrary, conversationId: string, terminal: Terminal): { done: Promise<void>; end: () => void } {
  let finish: (() => void) | undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const look = (): void => {
    library.call("writing.list", { conversationId }).then(
      ({ run }) => {
        if (run === null) finish?.();
      },
      () => finish?.(),
    );
  };
  let told = -1;
  const tell = (share: number): void => {
    const tenth = Math.floor(share * 10);
    if (tenth <= told) return;
    told = tenth;
    terminal.err(`${conversationId}: writing, ${10 * tenth} %\n`);
  };
  const unsubscribe = library.subscribe(({ name, payload }) => {
    if (name === "writing.progress") tell((payload as { progress: number }).progress);
    if (name === "writing.changed") look();
  });
  // Waiting for events alone would not keep the process alive.
  const alive = setInterval(look, 1_000);
  return {
    done,
    end() {
      clearInterval(alive);
      unsubscribe();
    },
  };
}

function jsonOf({ picked, writings }: WritingsView, { local }: WriteOptions) {
  const sentences = picked.map(({ startMs, endMs, role, quote }) => ({ startMs, endMs, role, quote }));
  return local === true ? { picked: sentences } : { writings };
}

/** What was written, for reading in a terminal. */
function textOf(id: string, { picked, writings }: WritingsView, { local }: WriteOptions): string {
  const lines =
    local === true
      ? ["Sentences picked on this machine; no language model was asked.", ...picked.map(quoteLine)]
      : writings.flatMap(writingLines);
  return `${id}\n${lines.join("\n")}\n`;
}

function writingLines(one: WritingView): string[] {
  const { title, value, output, faults, quotes, searched, model, prompt, stale } = one;
  const said =
    value === null
      ? [`  For a person: ${faults.map(({ text }) => text).join(" ")}`]
      : value.kind === "list"
        ? value.items.map(({ fields }) => `  - ${Object.values(fields).join("; ")}`)
        : [`  ${valueForModel({ shape: shapeOfOutput(output) }, value)}`];
  return [
    title,
    ...(value?.kind === "list" && value.items.length === 0 ? ["  none"] : said),
    ...quotes.map(quoteLine),
    ...searched.map((what) => `  looked for and not found: ${what}`),
    ...stale.map(({ reason }) => `  STALE: ${reason}`),
    `  (${model}, prompt ${prompt.id} version ${prompt.version})`,
  ];
}

function quoteLine({ startMs, role, quote, evidence: { chars } }: ShownEvidence): string {
  const said = quote === null || chars === null ? quote : quote.slice(chars.from, chars.to);
  return `  ${clock(startMs)} ${role ?? ""}: ${said === null ? "hidden" : quoted(said)}`;
}
