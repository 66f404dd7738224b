/** A stretch of one speaker, in seconds. */
export interface SpeakerStretch {
  readonly speaker: string;
  readonly start: number;
  readonly end: number;
}

/** Seconds of each kind of error, and of speech. */
export interface DiarizationErrors {
  readonly missed: number;
  readonly falseAlarm: number;
  readonly confused: number;
  /** Speech of the reference; what two say at once counts twice. */
  readonly speech: number;
}

/** Step in which time is counted: 10 ms. */
const step = 0.01;

/**
 * Diarization error as NIST's md-eval counts it: overlap is scored, and found speakers are matched to the true ones so
 * that the error is least.
 *
 * @param collar seconds around each edge of the reference that are not scored.
 */
export function diarizationErrors(
  reference: readonly SpeakerStretch[],
  hypothesis: readonly SpeakerStretch[],
  collar: number,
): DiarizationErrors {
  const trueSpeakers = [...new Set(reference.map(({ speaker }) => speaker))];
  const foundSpeakers = [...new Set(hypothesis.map(({ speaker }) => speaker))];
  const frames = Math.ceil(Math.max(0, ...reference.map(({ end }) => end), ...hypothesis.map(({ end }) => end)) / step);
  const truth = paint(reference, trueSpeakers, frames);
  const found = paint(hypothesis, foundSpeakers, frames);
  const scored = new Uint8Array(frames).fill(1);
  if (collar > 0) {
    for (const { start, end } of reference) {
      for (const edge of [start, end]) {
        scored.fill(0, Math.max(0, Math.round((edge - collar) / step)), Math.max(0, Math.round((edge + collar) / step)));
      }
    }
  }
  const shared = trueSpeakers.map((_, t) =>
    foundSpeakers.map((__, f) => {
      let sum = 0;
      for (let i = 0; i < frames; i++) if (scored[i] === 1 && truth[t]?.[i] === 1 && found[f]?.[i] === 1) sum++;
      return sum;
    }),
  );
  const correct = bestMatch(shared, foundSpeakers.length);
  let [missed, falseAlarm, both, speech] = [0, 0, 0, 0];
  for (let i = 0; i < frames; i++) {
    if (scored[i] === 0) continue;
    const nTrue = truth.reduce((sum, row) => sum + (row[i] as number), 0);
    const nFound = found.reduce((sum, row) => sum + (row[i] as number), 0);
    speech += nTrue;
    missed += Math.max(0, nTrue - nFound);
    falseAlarm += Math.max(0, nFound - nTrue);
    both += Math.min(nTrue, nFound);
  }
  return { missed: missed * step, falseAlarm: falseAlarm * step, confused: (both - correct) * step, speech: speech * step };
}

/** Share of the speech that is missed, invented or given to the wrong speaker. */
export function diarizationErrorRate({ missed, falseAlarm, confused, speech }: DiarizationErrors): number {
  return (missed + falseAlarm + confused) / Math.max(step, speech);
}

/** Reads the stretches of one file out of RTTM text; `file` null takes all. */
export function readRttm(text: string, file: string | null = null): SpeakerStretch[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/u))
    .filter((fields) => fields[0] === "SPEAKER" && (file === null || fields[1] === file))
    .map((fields) => ({ speaker: fields[7] ?? "", start: Number(fields[3]), end: Number(fields[3]) + Number(fields[4]) }));
}

function paint(stretches: readonly SpeakerStretch[], speakers: readonly string[], frames: number): Uint8Array[] {
  const rows = speakers.map(() => new Uint8Array(frames));
  for (const { speaker, start, end } of stretches)
    rows[speakers.indexOf(speaker)]?.fill(1, Math.round(start / step), Math.round(end / step));
  return rows;
}

/** The highest sum with each row and each column used once at most. */
function bestMatch(shared: readonly (readonly number[])[], columns: number): number {
  const memo = new Map<string, number>();
  const from = (row: number, taken: number): number => {
    if (row === shared.length) return 0;
    const key = `${row}/${taken}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    let best = from(row + 1, taken);
    for (let column = 0; column < columns; column++) {
      if ((taken >> column) & 1) continue;
      best = Math.max(best, (shared[row]?.[column] ?? 0) + from(row + 1, taken | (1 << column)));
    }
    memo.set(key, best);
    return best;
  };
  return from(0, 0);
}
