import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { toFailure } from "../app/contract/errors.ts";
import { type Served, serve } from "./loopback/serve.ts";
import { appWindowArguments, chooseShell, lookAround, type ShellChoice } from "./loopback/shell-choice.ts";

/*
 * What `npm start` runs once everything is installed and built: opens Earmark in the best window this machine has, says
 * which and why, and ends when that window closes or on Ctrl+C.
 */

const repository = join(import.meta.dirname, "..");
const isRoot = process.getuid?.() === 0;
/** A browser that ends sooner than this has not shown a window of its own. */
const windowLeastMs = 3_000;

const { values } = parseArgs({
  options: {
    library: { type: "string" },
    models: { type: "string", multiple: true },
    port: { type: "string" },
  },
});

/** Settles when a child ends; with null when it could not be started. */
function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => {
    child.once("error", () => done(null));
    child.once("exit", (code) => done(code ?? 0));
  });
}

/** Runs once when somebody wants Earmark to end; asked a second time, the process ends at once. */
function onEnd(end: () => void): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      end();
    });
  }
}

async function runElectron(program: string): Promise<number> {
  const child = spawn(
    program,
    [...(process.platform === "linux" && isRoot ? ["--no-sandbox"] : []), join(repository, "build", "electron", "main.js")],
    {
      cwd: repository,
      stdio: "inherit",
      env: {
        ...process.env,
        ...(values.library === undefined ? {} : { EARMARK_LIBRARY: values.library }),
        ...(values.models === undefined ? {} : { EARMARK_MODELS: values.models.join(process.platform === "win32" ? ";" : ":") }),
      },
    },
  );
  onEnd(() => child.kill());
  return (await endOf(child)) ?? 1;
}

function printAddress(served: Served): void {
  console.log(
    `Open this address in a browser on this machine; it is good for one browser:\n\n  ${served.url}\n\nCtrl+C ends Earmark.`,
  );
}

async function openAppWindow(program: string, served: Served): Promise<void> {
  const profile = join(served.libraryPath, "window");
  const began = Date.now();
  const child = spawn(program, appWindowArguments(served.url, profile, process.platform, isRoot), { stdio: "ignore" });
  void served.closed.then(() => child.kill());
  const code = await endOf(child);
  if (code === 0 && Date.now() - began >= windowLeastMs) {
    await served.close();
    return;
  }
  // It handed the address to one of its own that was running already, or could not show a window: either way the
  // person may still need Earmark, so it stays.
  console.log(code === 0 ? "The window was opened by a browser that was running already." : "The window could not be opened.");
  console.log(`If you see none, open this address:\n\n  ${served.newUrl()}\n\nCtrl+C ends Earmark.`);
}

async function runLoopback(choice: Exclude<ShellChoice, { kind: "electron" }>): Promise<number> {
  const served = await serve({
    ...(values.library === undefined ? {} : { library: values.library }),
    ...(values.models === undefined ? {} : { models: values.models }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  onEnd(() => void served.close().catch(() => undefined));
  switch (choice.kind) {
    case "app-window":
      console.log(`Earmark opens in a window of ${choice.program}, since ${choice.why}. Ctrl+C ends it.`);
      await openAppWindow(choice.program, served);
      break;
    case "browser": {
      console.log(`Earmark opens in your browser, since ${choice.why}.`);
      const [program = "", ...args] = choice.command;
      const child = spawn(program, [...args, served.url], { stdio: "ignore", detached: true });
      child.once("error", () => undefined);
      child.unref();
      console.log(`If no page appears, open this address:\n\n  ${served.newUrl()}\n\nCtrl+C ends Earmark.`);
      break;
    }
    case "address":
      console.log(`Earmark prints its address, since ${choice.why}.`);
      printAddress(served);
      break;
  }
  await served.closed;
  return 0;
}

try {
  const choice = chooseShell(lookAround(repository, process.env, process.platform));
  if (choice.kind === "electron") {
    console.log(`Earmark opens as a desktop program (Electron), since ${choice.why}.`);
    process.exitCode = await runElectron(choice.program);
  } else process.exitCode = await runLoopback(choice);
} catch (thrown) {
  const failure = toFailure(thrown);
  console.error(`Earmark could not be opened (${failure.code}): ${failure.message}`);
  process.exitCode = 1;
}
