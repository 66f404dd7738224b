import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { platform } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Linux counts the time of processes in hundredths of a second, whatever the kernel's own clock (proc(5), USER_HZ). */
const msPerTick = 10;
const patienceMs = 10_000;

/**
 * Processor time that another process has used so far, in ms, as its system counts it; null where that cannot be told. To be
 * asked seldom: on macOS and Windows it starts a program of the system's.
 */
export async function processorTimeOf(pid: number): Promise<number | null> {
  try {
    switch (platform()) {
      case "linux":
        return ticksOf(await readFile(`/proc/${pid}/stat`, "utf8")) * msPerTick;
      case "win32": {
        const script = `(Get-Process -Id ${pid}).TotalProcessorTime.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)`;
        const options = { timeout: patienceMs, windowsHide: true };
        const { stdout } = await run("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", script], options);
        return known(Number(stdout.trim() || Number.NaN));
      }
      default: {
        const { stdout } = await run("ps", ["-o", "time=", "-p", String(pid)], { timeout: patienceMs });
        return msOfClock(stdout);
      }
    }
  } catch {
    return null;
  }
}

/** Ticks in user and in system mode: the fields 14 and 15. The program's name before them is in brackets and may hold anything. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** The time that `ps` gives, `[[days-]hours:]minutes:seconds`, the seconds with or without hundredths, in ms; null for anything else. */
export function msOfClock(text: string): number | null {
  const parts = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/u.exec(text.trim());
  if (parts === null) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number];
  return known((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000);
}

function known(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}
