import { z } from "zod";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";

/*
 * Probabilistic linear discriminant analysis: a space in which the spread within a voice is one in every direction and
 * the spread between voices is known (Ioffe 2006). The transforms are those that pyannote's community pipeline keeps in
 * `xvec_transform.npz` and `plda.npz`, as one text file `plda.json` beside the embedding model:
 *
 *   mean1 [D], lda [D][d], mean2 [d]   embedding to d figures, its length made one before and after
 *   mu [d], tr [d][d]                  to the space of the discriminant analysis, by rows of `tr`
 *   psi [d]                            variance between voices in that space, largest first
 *
 * `tr` and `psi` are to be given as they are after the two covariances have been made diagonal together.
 */

const vector = z.array(z.number()).min(1);
const pldaSchema = z.object({
  mean1: vector,
  lda: z.array(vector).min(1),
  mean2: vector,
  mu: vector,
  tr: z.array(vector).min(1),
  psi: vector,
});

/** The transforms of a discriminant analysis. */
export interface Plda {
  /** Variance between voices, in each direction. */
  readonly between: Float64Array;
  /** An embedding in the space of the analysis. */
  transform(embedding: Float32Array): Float64Array;
}

/** The analysis that comes with an embedding model; null where it comes with none. @throws SpeechError `model-damaged` */
export async function readPlda(model: Model): Promise<Plda | null> {
  let text: string;
  try {
    text = await model.readText("plda.json");
  } catch {
    return null;
  }
  return parsePlda(text, model.id);
}

/** Reads `plda.json`. @throws SpeechError `model-damaged` */
export function parsePlda(text: string, modelId: string): Plda {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SpeechError("model-damaged", `${modelId}: plda.json is no JSON.`, { cause: error });
  }
  const parsed = pldaSchema.safeParse(json);
  if (!parsed.success) throw new SpeechError("model-damaged", `${modelId}: plda.json is not as described.`);
  const { mean1, lda, mean2, mu, tr, psi } = parsed.data;
  const [large, small] = [mean1.length, mean2.length];
  const fits =
    lda.length === large &&
    lda.every((row) => row.length === small) &&
    mu.length === small &&
    tr.length >= psi.length &&
    tr.every((row) => row.length === small) &&
    psi.every((value) => value >= 0);
  if (!fits) throw new SpeechError("model-damaged", `${modelId}: the sizes in plda.json do not go together.`);
  const between = Float64Array.from(psi);
  return {
    between,
    transform(embedding) {
      if (embedding.length !== large) {
        throw new SpeechError("model-damaged", `${modelId}: plda.json is for embeddings of ${large} figures.`);
      }
      const centred = ofLength(
        Float64Array.from(embedding, (value, i) => value - (mean1[i] as number)),
        Math.sqrt(large),
      );
      const reduced = new Float64Array(small);
      for (let k = 0; k < small; k++) {
        let sum = -(mean2[k] as number);
        for (let i = 0; i < large; i++) sum += (lda[i]?.[k] as number) * (centred[i] as number);
        reduced[k] = sum;
      }
      const x = ofLength(reduced, Math.sqrt(small));
      return between.map((_, row) => {
        let sum = 0;
        for (let k = 0; k < small; k++) sum += (tr[row]?.[k] as number) * ((x[k] as number) - (mu[k] as number));
        return sum;
      });
    },
  };
}

function ofLength(x: Float64Array, length: number): Float64Array {
  const own = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return own > 0 ? x.map((value) => (value * length) / own) : x;
}
