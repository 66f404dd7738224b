import { stopIfCancelled } from "../speech-error.ts";
import type { DecodingSteps, Line, SaidToken } from "./decoding.ts";
import type { DecoderReply } from "./network.ts";
import { chancesOf } from "./token-choice.ts";

/*
 * Beam search as in openai/whisper `decoding.py` (BeamSearchDecoder, MaximumLikelihoodRanker): several lines of a window
 * are followed at once; those that end are set aside until there are as many as beams, and the one whose tokens are the
 * likeliest on average is taken. Windows go side by side.
 */

/** A line that is being followed. */
interface Beam {
  readonly said: readonly SaidToken[];
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** What its terms gained: it counts where lines are compared, not where one is judged. */
  readonly gained: number;
  /** The row of the last reply it came from. */
  readonly row: number;
}

/** A line that is done, with what its terms gained. */
type EndedLine = Line & { readonly gained: number };

interface Search {
  readonly limit: number;
  beams: readonly Beam[];
  readonly finished: EndedLine[];
  result: Line | null;
}

/** The best line of each window. */
export async function beamSearch(steps: DecodingSteps, beams: number): Promise<Line[]> {
  const { network, configuration, limits, signal } = steps;
  const { tokens, vocabulary } = configuration;
  const chances = chancesOf(configuration, steps.bias);
  const searches: Search[] = limits.map((limit, row) => ({
    limit,
    beams: [{ said: [], ids: [], logProbability: 0, gained: 0, row }],
    finished: [],
    result: null,
  }));
  let { reply } = steps;
  for (;;) {
    stopIfCancelled(signal);
    const rows = reply.memory.windows.length;
    const tokensPerRow = reply.logits.length / rows / vocabulary;
    for (const search of searches) {
      if (search.result !== null) continue;
      const candidates: { beam: Beam; id: number; sum: number; gained: number; token: SaidToken }[] = [];
      for (const beam of search.beams) {
        const from = ((beam.row + 1) * tokensPerRow - 1) * vocabulary;
        const allowed = chances.under(steps.rules, reply.logits.subarray(from, from + vocabulary), beam.ids);
        const attention = reply.attention[beam.row] as Float32Array;
        for (const id of allowed.best(beams + 1)) {
          const logProbability = allowed.logProbability(id);
          const token = { id, probability: allowed.plainProbability(id), logProbability, attention };
          candidates.push({
            beam,
            id,
            sum: beam.logProbability + logProbability,
            gained: beam.gained + allowed.gain(id),
            token,
          });
        }
      }
      candidates.sort((a, b) => b.sum + b.gained - a.sum - a.gained);
      const kept: Beam[] = [];
      for (const { beam, id, sum, gained, token } of candidates) {
        if (kept.length === beams) break;
        if (id === tokens.endOfText) {
          const ended = { said: beam.said, lastAttention: token.attention, logProbability: sum, gained, unfinished: false };
          if (search.finished.length < beams) search.finished.push(ended);
        } else {
          kept.push({ said: [...beam.said, token], ids: [...beam.ids, id], logProbability: sum, gained, row: beam.row });
        }
      }
      search.beams = kept;
      const length = kept[0]?.ids.length ?? 0;
      if (search.finished.length >= beams || kept.length === 0 || length >= search.limit)
        search.result = bestOf(search, reply, beams);
    }
    const open = searches.filter(({ result }) => result === null);
    if (open.length === 0) return searches.map((search) => search.result ?? bestOf(search, reply, beams));
    const lines = open.flatMap((search) => search.beams);
    let row = 0;
    for (const search of open) search.beams = search.beams.map((beam) => ({ ...beam, row: row++ }));
    reply = await network.goOn(
      lines.map(({ ids }) => ids.at(-1) ?? tokens.endOfText),
      network.choose(
        reply.memory,
        lines.map((line) => line.row),
      ),
    );
  }
}

/** The likeliest on average of the lines that ended, made up to the number of beams with those that did not. */
function bestOf({ finished, beams }: Search, reply: DecoderReply, count: number): Line {
  const unfinished = beams.slice(0, count - finished.length).map(({ said, logProbability, gained, row }) => ({
    said,
    logProbability,
    gained,
    lastAttention: reply.attention[row] as Float32Array,
    unfinished: true,
  }));
  const lines = [...finished, ...unfinished];
  const mean = (line: EndedLine) => (line.logProbability + line.gained) / Math.max(1, line.said.length);
  return lines.reduce((best, line) => (mean(line) > mean(best) ? line : best));
}
