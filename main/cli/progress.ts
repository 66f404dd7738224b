import type { JobView, StageName } from "../../app/contract/views.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how work moves on, on standard error. */
export interface Progress {
  /** A job began, moved on or ended. */
  job(name: string, job: JobView): void;
  /** Takes the bar away; call it before writing anything else there. */
  end(): void;
}

/** What a stage does, as a person would say it. */
export const stageTexts: Record<StageName, string> = {
  parse: "reading",
  probe: "looking at the file",
  decode: "decoding",
  playback: "preparing playback",
  align: "placing the words",
  diarize: "finding who spoke when",
  recognise: "hearing what was said",
  roles: "telling agent and customer apart",
  insight: "reading sentiment and entities",
  categories: "categories",
  index: "indexing",
  mute: "muting what is masked",
};

/** Time left as people say it: "3 min 20 s"; empty when unknown. */
export function timeLeft(remainingMs: number | null): string {
  if (remainingMs === null) return "";
  const seconds = Math.ceil(remainingMs / 1000);
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** A bar where somebody looks, else a line for each stage as it begins. `jobs` is how many jobs are expected. */
export async function openProgress(terminal: Terminal, jobs: number): Promise<Progress> {
  return terminal.interactive ? barProgress(jobs) : lineProgress(terminal);
}

function lineProgress(terminal: Terminal): Progress {
  const told = new Map<string, Set<string>>();
  return {
    job(name, job) {
      const lines = told.get(job.id) ?? new Set<string>();
      // A job that was done before anybody looked has nothing to tell but that.
      const silent = job.state === "done" && !told.has(job.id);
      told.set(job.id, lines);
      const tell = (line: string, quiet = false): void => {
        if (lines.has(line)) return;
        lines.add(line);
        if (!quiet) terminal.err(`${line}\n`);
      };
      for (const stage of job.stages) {
        if (stage.state !== "running" && stage.state !== "done") continue;
        tell(`${name}: ${stageTexts[stage.name]}`, silent);
        if (stage.attempt > 1) tell(`${name}: ${stageTexts[stage.name]}, attempt ${stage.attempt}`, silent);
      }
      if (job.state === "done") tell(`${name}: done`);
    },
    end: () => undefined,
  };
}

async function barProgress(jobs: number): Promise<Progress> {
  const { SingleBar } = await import("cli-progress");
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{bar} {percentage} %  {what}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  bar.start(1000, 0, { what: "" });
  const shares = new Map<string, number>();
  return {
    job(name, job) {
      shares.set(job.id, job.endedAt === null ? job.progress : 1);
      const sum = [...shares.values()].reduce((total, share) => total + share, 0);
      const running = job.stages.find((stage) => stage.state === "running");
      const left = timeLeft(job.remainingMs);
      const what = running === undefined ? name : `${name}: ${stageTexts[running.name]}${left === "" ? "" : `, ${left}`}`;
      // A line that wraps cannot be redrawn.
      const room = Math.max(10, (process.stderr.columns ?? 80) - 34);
      bar.update(Math.round((1000 * sum) / Math.max(jobs, shares.size)), { what: what.slice(0, room) });
    },
    end: () => bar.stop(),
  };
}
