import type { DoctorLine } from "../../../app/contract/views.ts";
import { runDoctor } from "../../backend/doctor.ts";
import { defaultLibraryRoot, furtherModelFolders, libraryPaths } from "../../backend/library-paths.ts";
import { findFfmpeg } from "../../backend/media/ffmpeg.ts";
import { inspectGraphs } from "../../backend/speech/client.ts";
import { createModelStore } from "../../backend/speech/models.ts";
import { forkProcess } from "../../backend/speech/start-process.ts";
import { builtInModels, earmarkFolder } from "../../backend/surroundings.ts";
import { electronProgram, installedChromium } from "../../loopback/shell-choice.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { orAborted } from "../hearing.ts";
import type { LibraryOptions } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** Prints the state of what Earmark works with. Opens no library, so it works beside a running Earmark. */
export async function doctor(options: LibraryOptions & { readonly json?: boolean }, terminal: Terminal): Promise<ExitCode> {
  const libraryPath = defaultLibraryRoot(options.library);
  const models = createModelStore({
    folder: libraryPaths(libraryPath).models,
    further: [...furtherModelFolders(options.models), builtInModels],
    inspect: inspectGraphs(forkProcess),
  });
  try {
    const looking = runDoctor({
      libraryPath,
      startProcess: forkProcess,
      findFfmpeg: () => findFfmpeg({ signal: terminal.signal }),
      models: () => models.list(),
      shells: { electron: electronProgram(earmarkFolder), chromium: installedChromium(process.env, process.platform) },
    });
    const lines = await orAborted(looking, terminal.signal);
    terminal.out(options.json === true ? `${JSON.stringify(lines, null, 2)}\n` : doctorText(lines));
  } finally {
    await models.close();
  }
  return exitCodes.done;
}

/** The state report as columns. */
function doctorText(lines: readonly DoctorLine[]): string {
  const width = Math.min(40, Math.max(...lines.map((line) => line.label.length)));
  return lines.map((line) => `${line.state.padEnd(6)} ${line.label.padEnd(width)}  ${line.detail}\n`).join("");
}
