import { CommanderError } from "commander";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { exportFormats } from "../../app/contract/api.ts";
import { precisionSchema } from "../../app/contract/views.ts";
import { createProgram, type Deed, exportFormatNames, precisionNames } from "./program.ts";
import type { Terminal } from "./terminal.ts";

const analyze = vi.hoisted(() => vi.fn());
vi.mock("./commands/analyze.ts", () => ({ analyze }));

const terminal: Terminal = {
  out: () => undefined,
  err: () => undefined,
  interactive: false,
  signal: new AbortController().signal,
};

/** What a command line asks for; null when it is not understood. Nothing is printed. */
function parse(...args: string[]): Deed | null {
  let deed: Deed | null = null;
  const program = createProgram("1.2.3", (decided) => {
    deed = decided;
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return deed;
}

describe("the grammar of the command line", () => {
  beforeEach(() => {
    analyze.mockReset();
    analyze.mockResolvedValue(0);
  });

  it("hands on what analyze is asked", async () => {
    const line =
      "analyze --speakers 2 --separate speaker --language pt-BR --translate --json --models a --models b one.wav two.wav";
    await parse(...line.split(" "))?.(terminal);
    const options = { speakers: 2, separate: "speaker", language: "pt-BR", translate: true, models: ["a", "b"], json: true };
    expect(analyze).toHaveBeenCalledWith(["one.wav", "two.wav"], options, terminal);
  });

  it("leaves out what was not said, so that the settings of the library hold", async () => {
    await parse("analyze", "one.wav")?.(terminal);
    expect(analyze).toHaveBeenCalledWith(["one.wav"], {}, terminal);
  });

  it.each([
    ["analyze"],
    ["analyze", "x.wav", "--speakers", "0"],
    ["analyze", "x.wav", "--speakers", "two"],
    ["analyze", "x.wav", "--speakers", "4-2"],
    ["analyze", "x.wav", "--speakers", "2-3-4"],
    ["analyze", "x.wav", "--speakers", "2-"],
    ["analyze", "x.wav", "--separate", "magic"],
    ["analyze", "x.wav", "--language", "en; rm"],
    ["edit", "id"],
    ["edit", "--undo"],
    ["edit", "id", "--undo", "--redo"],
    ["edit", "id", "--operation={}", "--history"],
    ["edit", "id", "--operation="],
    ["export", "id"],
    ["export", "id", "--format", "exe"],
    ["serve", "--port", "70000"],
    ["show"],
    ["list", "--library", ""],
    ["models"],
    ["models", "fetch"],
    ["models", "fetch", "id", "--precision", "int3"],
    ["sing"],
    [],
  ])("does not understand %j %j %j %j", (...args) => {
    expect(parse(...args)).toBeNull();
  });

  it.each([
    "import x.wav",
    "analyze x.wav",
    "list",
    "show id",
    "edit id --undo",
    "edit id --history --json",
    'edit id --operation {"kind":"swap-roles"} --operation [] --json',
    "export id --format srt",
    "models list",
    "models fetch id",
    "models fetch id --precision int8",
    "models add folder",
    "models verify id",
    "serve",
    "doctor",
  ])("takes --library with %s", (line) => {
    expect(parse(...line.split(" "), "--library", "somewhere else")).not.toBeNull();
  });

  it("offers the formats of the contract", () => {
    expect(exportFormatNames).toEqual(exportFormats);
  });

  it("offers the precisions of the contract", () => {
    expect(precisionNames).toEqual(precisionSchema.options);
  });
});
