import { z } from "zod";

/*
 * Which engine hears a recording, and what that is likely to take and cost. Rules alone: what is true of the machine, the
 * queue and the endpoint is told to them.
 */

/** Where a person wants recordings heard: here, behind SageMaker, or wherever the rule says. */
export const enginePreferenceSchema = z.enum(["auto", "local", "sagemaker"]);
/** Where a person wants recordings heard. */
export type EnginePreference = z.infer<typeof enginePreferenceSchema>;

/** Where a recording is heard. */
export type EnginePlace = "local" | "sagemaker";

/** What the rule looks at. */
export interface EngineFacts {
  /** Asked for this recording at its import; null when nothing was. */
  readonly asked: EnginePreference | null;
  /** Set for the watched folder it came from; null when it came otherwise, or nothing is set there. */
  readonly folder: EnginePreference | null;
  /** The general setting. */
  readonly setting: EnginePreference;
  /** The settings name an endpoint whole. */
  readonly endpoint: boolean;
  /** A graphics processor hears on this machine. */
  readonly accelerated: boolean;
  /** Sound that waits for this machine, or is being heard here, in milliseconds; without the recording itself. */
  readonly backlogMs: number;
  /** Sound beyond which the rule sends recordings away, in milliseconds. */
  readonly backlogLimitMs: number;
}

/** Why a recording is heard where it is: a person asked for it (`import`, `folder`, `setting`), or the rule found so. */
export type EngineReason =
  | "import"
  | "folder"
  | "setting"
  | "no-endpoint"
  | "short-queue-and-accelerated"
  | "short-queue"
  | "long-queue";

/** Where a recording is heard, and why. */
export interface EngineChoice {
  readonly place: EnginePlace;
  readonly reason: EngineReason;
}

/**
 * Chooses. What was asked for the one recording comes before what its folder says, and that before the general setting; a
 * place that was named is kept even where it cannot work, because who asked for the one must not get the other unawares. The
 * rule itself sends a recording away when there is an endpoint and more sound waits here than the limit.
 */
export function chooseEngine(facts: EngineFacts): EngineChoice {
  const said = [
    ["import", facts.asked],
    ["folder", facts.folder],
    ["setting", facts.setting],
  ] as const;
  const [reason, wanted] = said.find(([, preference]) => preference !== null) ?? ["setting", "local"];
  if (wanted === "local" || wanted === "sagemaker") return { place: wanted, reason };
  if (!facts.endpoint) return { place: "local", reason: "no-endpoint" };
  if (facts.backlogMs > facts.backlogLimitMs) return { place: "sagemaker", reason: "long-queue" };
  return { place: "local", reason: facts.accelerated ? "short-queue-and-accelerated" : "short-queue" };
}

/** How long hearing took beside the length of what was heard: below 1 is faster than the call. */
export interface HearingPace {
  /** Milliseconds of work for a millisecond of sound. */
  readonly share: number;
  /** Whether it was measured on past recordings, or is what to expect before there were any. */
  readonly measured: boolean;
}

/** What to expect of an endpoint before one has been measured: a graphics processor that also fetches and unpacks. */
export const expectedRemotePace: HearingPace = { share: 0.15, measured: false };

/** Recordings after which a mean is believed, and how fast older ones are forgotten. */
const enoughHeardMs = 60_000;
const memory = 0.8;

/** What hearing has cost so far: work and sound in milliseconds, older ones counting less. */
export interface PaceSums {
  readonly workMs: number;
  readonly soundMs: number;
}

/** The sums after one more recording. */
export function afterHearing(before: PaceSums, workMs: number, soundMs: number): PaceSums {
  return { workMs: before.workMs * memory + workMs, soundMs: before.soundMs * memory + soundMs };
}

/** The pace that the sums tell; the expected one while too little was heard. */
export function paceOf(sums: PaceSums, expected: HearingPace): HearingPace {
  return sums.soundMs < enoughHeardMs ? expected : { share: sums.workMs / sums.soundMs, measured: true };
}

/** What hearing elsewhere is likely to take and cost. */
export interface RemoteEstimate {
  /** Time on the instance in milliseconds. */
  readonly workMs: number;
  /** In the currency of the price. Starting an instance and its idle time before it is scaled in are not in it. */
  readonly cost: number;
  readonly pace: HearingPace;
}

/**
 * What hearing so much sound on SageMaker is likely to take and cost: sound x pace x price of the instance. AWS bills an
 * endpoint's instances by the second while they run, whether they hear or wait.
 *
 * @param soundMs length of the recordings
 * @param pricePerHour of one instance
 */
export function estimateRemote(soundMs: number, pace: HearingPace, pricePerHour: number): RemoteEstimate {
  const workMs = Math.round(soundMs * pace.share);
  return { workMs, cost: (workMs / 3_600_000) * pricePerHour, pace };
}
