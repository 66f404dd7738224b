import { resolve } from "node:path";
import { EarmarkError, fromFailure } from "../../../app/contract/errors.ts";
import type { ModelView, Precision } from "../../../app/contract/views.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { orAborted } from "../hearing.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What every command about models takes. */
export interface ModelsOptions extends LibraryOptions {
  readonly json?: boolean;
}

/** What fetching takes besides. */
export interface FetchOptions extends ModelsOptions {
  readonly precision?: Precision;
}

function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

function lineOf(model: ModelView): string {
  const limited = model.limited ? ", for a narrow material only" : "";
  const origin = model.source === null ? "from a folder" : model.source;
  return `${model.state.padEnd(9)} ${model.id}  ${model.task}${limited}, ${megabytes(model.bytes)}${precisionsOf(model)}, ${model.licence}, ${origin}`;
}

/** "in int8 of fp32, fp16, int8 (here), int4": what is used and what can be had; nothing where there is no choice. */
function precisionsOf({ precision, variants }: ModelView): string {
  if (variants === undefined) return "";
  const all = variants.map((one) => `${one.precision} ${one.installed ? "here" : megabytes(one.bytes)}`).join(", ");
  return `${precision ? ` in ${precision}` : ""} (${all})`;
}

/** Whether a model is here, in the precision that was asked for. */
function isHere(model: ModelView, precision: Precision | undefined): boolean {
  const asked = model.variants?.find((one) => one.precision === precision);
  return model.state === "installed" && (precision === undefined || asked?.installed === true);
}

function print(models: readonly ModelView[], options: ModelsOptions, terminal: Terminal): void {
  if (options.json === true) terminal.out(`${JSON.stringify(models, null, 2)}\n`);
  else for (const model of models) terminal.out(`${lineOf(model)}\n`);
}

/** Prints the models of the catalogue and those found in folders, with their state. */
export async function listModels(options: ModelsOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    print((await library.call("models.list", {})).models, options, terminal);
    return exitCodes.done;
  });
}

/** Fetches a model into the library, going on where an earlier try stopped. */
export async function fetchModel(id: string, options: FetchOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const known = await modelOf(library, id);
    const { precision } = options;
    if (isHere(known, precision)) {
      terminal.err(`${id} is installed${precision === undefined ? "" : ` in ${precision}`}.\n`);
      return exitCodes.done;
    }
    if (known.source === null) {
      throw new EarmarkError("not-allowed", `${id} cannot be fetched: add it from a folder with \`earmark models add FOLDER\`.`);
    }
    const bytes = known.variants?.find((one) => one.precision === precision)?.bytes ?? known.bytes;
    terminal.err(`${id}: fetching ${megabytes(bytes)} from ${known.source}\n`);
    print([await fetched(library, id, precision, terminal)], options, terminal);
    return exitCodes.done;
  });
}

async function modelOf(library: OpenLibrary, id: string): Promise<ModelView> {
  const model = (await library.call("models.list", {})).models.find((one) => one.id === id);
  if (model === undefined) throw new EarmarkError("not-found", `No model is called ${id}.`);
  return model;
}

/** Resolves with the model once it is installed; tells each tenth on the way. */
async function fetched(
  library: OpenLibrary,
  id: string,
  precision: Precision | undefined,
  terminal: Terminal,
): Promise<ModelView> {
  let told = 0;
  let stop: () => void = () => undefined;
  // Waiting for events alone would not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const settled = new Promise<ModelView>((done, failed) => {
      let begun = false;
      stop = library.subscribe((message) => {
        if (message.name !== "model.changed") return;
        const { model } = message.payload as { model: ModelView };
        if (model.id !== id) return;
        if (model.state === "fetching") begun = true;
        if (isHere(model, precision)) done(model);
        else if (model.state !== "fetching" && model.failure !== null) failed(fromFailure(model.failure));
        else if (model.state === "absent" && begun) failed(new EarmarkError("cancelled", "Cancelled."));
        else if (terminal.interactive) terminal.err(`\r${id}: ${Math.floor((model.progress ?? 0) * 100)} %`);
        else if (Math.floor((model.progress ?? 0) * 10) > told) {
          told = Math.floor((model.progress ?? 0) * 10);
          terminal.err(`${id}: ${told * 10} %\n`);
        }
      });
    });
    // It may fail before the call below has answered; looked at after that.
    settled.catch(() => undefined);
    await library.call("models.fetch", { id, ...(precision === undefined ? {} : { precision }) });
    return await orAborted(settled, terminal.signal);
  } catch (error) {
    if (terminal.signal.aborted) await library.call("models.cancel", { id });
    throw error;
  } finally {
    if (terminal.interactive) terminal.err("\n");
    clearInterval(alive);
    stop();
  }
}

/** Takes in the models of a folder: checked, copied, listed. */
export async function addModels(folder: string, options: ModelsOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { added } = await orAborted(library.call("models.add", { path: resolve(folder) }), terminal.signal);
    const { models } = await library.call("models.list", {});
    print(
      models.filter((model) => added.includes(model.id)),
      options,
      terminal,
    );
    return exitCodes.done;
  });
}

/** Reads every file of a model again and compares it with what it was. Throws the failure of a model that is not sound. */
export async function verifyModel(id: string, options: ModelsOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { model } = await orAborted(library.call("models.verify", { id }), terminal.signal);
    print([model], options, terminal);
    if (model.failure !== null) throw fromFailure(model.failure);
    if (model.state !== "installed") throw new EarmarkError("model-damaged", `${id} is ${model.state}.`);
    return exitCodes.done;
  });
}
