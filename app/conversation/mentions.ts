import { z } from "zod";

/** Roles that a comment can mention: `@agent-coach`, `@supervisor`, `@compliance`. */
export const mentionSchema = z.enum(["agent-coach", "supervisor", "compliance"]);
/** A role that a comment mentions. */
export type Mention = z.infer<typeof mentionSchema>;

/** A piece of a comment: a mention of a role, or the text between. */
export interface CommentPiece {
  readonly text: string;
  readonly mention: Mention | null;
}

const pattern = new RegExp(`(?<![\\p{L}\\p{N}@._-])@(${mentionSchema.options.join("|")})(?![\\p{L}\\p{N}_-])`, "giu");

/** A comment in pieces, so that the page marks the mentioned roles without parsing. */
export function commentPieces(body: string): CommentPiece[] {
  const pieces: CommentPiece[] = [];
  let reached = 0;
  for (const match of body.matchAll(pattern)) {
    if (match.index > reached) pieces.push({ text: body.slice(reached, match.index), mention: null });
    pieces.push({ text: match[0], mention: mentionSchema.parse(match[1]?.toLowerCase()) });
    reached = match.index + match[0].length;
  }
  if (reached < body.length) pieces.push({ text: body.slice(reached), mention: null });
  return pieces;
}

/** The roles a comment mentions, each once, in order. */
export function mentionsIn(body: string): Mention[] {
  return [...new Set(commentPieces(body).flatMap(({ mention }) => mention ?? []))];
}
