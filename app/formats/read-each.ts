import type { z } from "zod";
import type { ImportNote } from "./imported.ts";

/** Pieces beyond this are counted, not named. */
const mostNamed = 20;

/** One piece of a list that fits. */
export interface ReadPiece<Value> {
  readonly value: Value;
  /** As it stands in the file. */
  readonly raw: unknown;
  /** Its place in the list, from 0. */
  readonly index: number;
}

/** A list within a file: what its pieces have to be, where it stands, and what is said of one that does not fit. */
export interface PieceList<Piece extends z.ZodType> {
  readonly schema: Piece;
  /** The path of the list: "Transcript". */
  readonly where: string;
  /** "A turn that is none." */
  readonly otherwise: string;
}

/** The pieces of a list that fit a schema, in order. What does not fit is noted with its place and passed over. */
export function* readEach<Piece extends z.ZodType>(
  list: readonly unknown[],
  { schema, where, otherwise }: PieceList<Piece>,
  notes: ImportNote[],
): Generator<ReadPiece<z.infer<Piece>>> {
  let unfit = 0;
  for (const [index, raw] of list.entries()) {
    const parsed = schema.safeParse(raw);
    if (parsed.success) {
      yield { value: parsed.data, raw, index };
      continue;
    }
    unfit++;
    if (unfit <= mostNamed) notes.push({ level: "ignored", what: otherwise, where: `${where}[${index}]` });
  }
  if (unfit > mostNamed) notes.push({ level: "ignored", what: `More of the same: ${unfit - mostNamed}.`, where });
}
