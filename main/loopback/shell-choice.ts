import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/*
 * Which window `npm start` opens. Looking at the machine and deciding are apart, so that the decision can be tested for
 * machines that are not here.
 */

/** What the decision rests on. */
export interface ShellFacts {
  readonly platform: NodeJS.Platform;
  /** Electron's program; null while it has not been downloaded. */
  readonly electron: string | null;
  /** The desktop shell has been built. */
  readonly electronBuilt: boolean;
  /** A Chromium, Chrome or Edge; null when none is installed. */
  readonly chromium: string | null;
  /** The command that opens an address in the person's own browser; null where there is none. */
  readonly openBrowser: readonly string[] | null;
  /** A window can be shown. */
  readonly display: boolean;
  /** A build server, where nobody looks. */
  readonly ci: boolean;
}

/** The window to open, and why this one. */
export type ShellChoice =
  | { readonly kind: "electron"; readonly program: string; readonly why: string }
  | { readonly kind: "app-window"; readonly program: string; readonly why: string }
  | { readonly kind: "browser"; readonly command: readonly string[]; readonly why: string }
  | { readonly kind: "address"; readonly why: string };

/** Decides: Electron, else an app window of an installed Chromium, else the person's browser, else only the address. */
export function chooseShell(facts: ShellFacts): ShellChoice {
  if (facts.ci) return { kind: "address", why: "this is a build server (CI is set)" };
  if (!facts.display) return { kind: "address", why: "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)" };
  if (facts.electron !== null && facts.electronBuilt) {
    return { kind: "electron", program: facts.electron, why: "its program is installed" };
  }
  const without = facts.electron === null ? "Electron's program is not installed" : "the desktop shell is not built";
  if (facts.chromium !== null) return { kind: "app-window", program: facts.chromium, why: without };
  if (facts.openBrowser !== null) {
    return { kind: "browser", command: facts.openBrowser, why: `${without}, and there is no Chromium, Chrome or Edge` };
  }
  return { kind: "address", why: `${without}, and no browser was found` };
}

/** Electron's program in its package, without importing the package, which would begin a download. */
export function electronProgram(repository: string): string | null {
  const folder = join(repository, "node_modules", "electron");
  try {
    const program = join(folder, "dist", readFileSync(join(folder, "path.txt"), "utf8").trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

function onPath(names: readonly string[], env: NodeJS.ProcessEnv): string | null {
  for (const name of names) {
    for (const folder of (env["PATH"] ?? "").split(delimiter)) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** An installed browser of Chromium's family: as `EARMARK_CHROMIUM` says, else from where its makers put it. */
export function installedChromium(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  const named = env["EARMARK_CHROMIUM"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : null;
  switch (platform) {
    case "darwin": {
      const names = ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"];
      return names.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find((path) => existsSync(path)) ?? null;
    }
    case "win32": {
      const roots = [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LOCALAPPDATA"]].filter((root) => root !== undefined);
      const programs = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
      return programs.flatMap((program) => roots.map((root) => join(root, program))).find((path) => existsSync(path)) ?? null;
    }
    default:
      return onPath(
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable"],
        env,
      );
  }
}

/** The command that opens an address in the person's own browser. Started without a shell, the address as its last argument. */
function browserCommand(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] | null {
  switch (platform) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["rundll32.exe", "url.dll,FileProtocolHandler"];
    default: {
      const program = onPath(["xdg-open"], env);
      return program === null ? null : [program];
    }
  }
}

/** Looks at this machine. */
export function lookAround(repository: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): ShellFacts {
  const set = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  return {
    platform,
    electron: electronProgram(repository),
    electronBuilt: existsSync(join(repository, "build", "electron", "main.js")),
    chromium: installedChromium(env, platform),
    openBrowser: browserCommand(env, platform),
    display: platform === "win32" || platform === "darwin" || set("DISPLAY") || set("WAYLAND_DISPLAY"),
    ci: set("CI") && env["CI"] !== "false",
  };
}

/**
 * Arguments for an app window: a profile of its own, and none of the traffic that browsers make by themselves. The
 * sandbox is given up only where Chromium would not start otherwise: as root on Linux.
 */
export function appWindowArguments(url: string, profileFolder: string, platform: NodeJS.Platform, isRoot: boolean): string[] {
  return [
    `--app=${url}`,
    `--user-data-dir=${profileFolder}`,
    "--window-size=1440,900",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    ...(platform === "linux" && isRoot ? ["--no-sandbox"] : []),
  ];
}
