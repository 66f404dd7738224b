import { z } from "zod";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";
import { readNpz } from "./numpy-archive.ts";

/*
 * Probabilistic linear discriminant analysis: a space in which the spread within a voice is one in every direction and
 * the spread between voices is known (Ioffe 2006). The transforms are those that pyannote's community pipeline keeps in
 * `xvec_transform.npz` (mean1, lda, mean2) and `plda.npz` (mu, tr, psi). Both, or the one text file `plda.json`, lie in the
 * embedding model's folder, or, the archives, in its folder `plda` as in that pipeline's:
 *
 *   mean1 [D], lda [D][d], mean2 [d]   embedding to d figures, its length made one before and after
 *   mu [d], tr [d][d]                  to the space of the discriminant analysis, by rows of `tr`
 *   psi [d]                            variance between voices in that space, largest first
 *
 * `tr` makes both covariances diagonal: within, W = (tr' tr)^-1; between, B = (tr' diag(psi)^-1 tr)^-1. The pipeline solves
 * B v = psi W v for them once more, which gives the rows of `tr` back (B tr' u = tr^-1 diag(psi) u, W tr' u = tr^-1 u); all
 * that is left of it is the order, largest first, and that no more directions are kept than `lda` has.
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

/** Where the two archives lie in a model's folder. */
const archives = ["", "plda/"].map((folder) => ({ transform: `${folder}xvec_transform.npz`, plda: `${folder}plda.npz` }));

/** The analysis that comes with an embedding model; null where it comes with none. @throws SpeechError `model-damaged` */
export async function readPlda(model: Model): Promise<Plda | null> {
  const text = await model.readText("plda.json").catch(() => null);
  if (text !== null) return parsePlda(text, model.id);
  for (const { transform, plda } of archives) {
    const transforms = await model.readBytes?.(transform).catch(() => null);
    const analysis = await model.readBytes?.(plda).catch(() => null);
    if (transforms && analysis) return pldaOfArchives(transforms, analysis, model.id);
  }
  return null;
}

/** Reads `xvec_transform.npz` and `plda.npz`. @throws SpeechError `model-damaged` */
export function pldaOfArchives(transforms: Uint8Array, analysis: Uint8Array, modelId: string): Plda {
  const read = (bytes: Uint8Array, name: string) => {
    try {
      return readNpz(bytes);
    } catch (error) {
      throw new SpeechError("model-damaged", `${modelId}: ${name} cannot be read.`, { cause: error });
    }
  };
  const arrays = new Map([...read(transforms, "xvec_transform.npz"), ...read(analysis, "plda.npz")]);
  const rowsOf = (name: string): number[][] => {
    const array = arrays.get(name);
    const width = array?.shape.at(-1) ?? 0;
    if (array === undefined || width === 0) throw new SpeechError("model-damaged", `${modelId}: the analysis lacks ${name}.`);
    return Array.from({ length: array.data.length / width }, (_, row) =>
      Array.from(array.data.subarray(row * width, (row + 1) * width)),
    );
  };
  const rowOf = (name: string) => rowsOf(name).flat();
  const [lda, tr, psi] = [rowsOf("lda"), rowsOf("tr"), rowOf("psi")];
  const order = [...psi.keys()].sort((a, b) => (psi[b] as number) - (psi[a] as number)).slice(0, lda[0]?.length);
  const parsed = pldaSchema.safeParse({
    mean1: rowOf("mean1"),
    lda,
    mean2: rowOf("mean2"),
    mu: rowOf("mu"),
    tr: order.map((row) => tr[row]),
    psi: order.map((row) => psi[row]),
  });
  if (!parsed.success) throw new SpeechError("model-damaged", `${modelId}: the analysis is not as described.`);
  return pldaOf(parsed.data, modelId);
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
  return pldaOf(parsed.data, modelId);
}

function pldaOf({ mean1, lda, mean2, mu, tr, psi }: z.infer<typeof pldaSchema>, modelId: string): Plda {
  const [large, small] = [mean1.length, mean2.length];
  const fits =
    lda.length === large &&
    lda.every((row) => row.length === small) &&
    mu.length === small &&
    tr.length >= psi.length &&
    tr.every((row) => row.length === small) &&
    psi.every((value) => value >= 0);
  if (!fits) throw new SpeechError("model-damaged", `${modelId}: the sizes of the analysis do not go together.`);
  const between = Float64Array.from(psi);
  return {
    between,
    transform(embedding) {
      if (embedding.length !== large) {
        throw new SpeechError("model-damaged", `${modelId}: the analysis is for embeddings of ${large} figures.`);
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
