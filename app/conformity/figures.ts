import { z } from "zod";
import type { Conversation, Role } from "../conversation/conversation.ts";
import { roleSchema } from "../conversation/conversation.ts";
import { responseMeasures, responses } from "../conversation/measures-over-time.ts";
import { type MeasureName, measureNames } from "../insight/rules.ts";
import type { TurnSentiment } from "../insight/rules-evaluate.ts";
import { figure as measureText, measureTexts, shareMeasures, timeMeasures } from "../insight/rules-explain.ts";
import { measureOf } from "../insight/rules-measures.ts";

/*
 * Figures that a checklist can ask for: those that categories compare, and what a reviewer asks besides. Times are in
 * milliseconds, shares from 0 to 1, sentiment from -5 to 5.
 */

/** Figures beside those that categories compare. */
const furtherNames = ["averageReply", "firstReply", "holds", "holdTime", "longestHold", "sentiment"] as const;
/** Names of all figures. */
export const figureNames = [...measureNames, ...furtherNames] as const;
/** A figure's name. */
export type FigureName = (typeof figureNames)[number];

/** A figure of a conversation, of everybody or of a role. */
export const formFigureSchema = z.object({ name: z.enum(figureNames), role: roleSchema.nullable(), value: z.number() });
/** A figure of a conversation. */
export type FormFigure = z.infer<typeof formFigureSchema>;

/** What figures are read from. */
export interface FigureInput {
  readonly conversation: Conversation;
  readonly sentiments: ReadonlyMap<string, TurnSentiment> | null;
}

/**
 * A figure of a conversation; null where it has none. A hold is a stretch of music: without anybody having listened for
 * sounds there is no telling, and silence alone is no hold. The agent's replies are those measured where no role is named.
 */
export function figureOf(input: FigureInput, name: FigureName, role: Role | null): FormFigure | null {
  const value = isMeasure(name) ? (measureOf(input.conversation, name, role)?.value ?? null) : furtherOf(input, name, role);
  return value === null ? null : { name, role, value };
}

function isMeasure(name: FigureName): name is MeasureName {
  return (measureNames as readonly string[]).includes(name);
}

function furtherOf({ conversation, sentiments }: FigureInput, name: FigureName, role: Role | null): number | null {
  const { participants, turns, sounds } = conversation;
  const ids = (whose: Role | null): Set<string> =>
    new Set(participants.filter((one) => whose === null || one.role === whose).map(({ id }) => id));
  switch (name) {
    case "averageReply": {
      const own = ids(role ?? "agent");
      const measured = responseMeasures(responses(conversation)).filter(({ participantId }) => own.has(participantId));
      const count = measured.reduce((sum, one) => sum + one.count, 0);
      return count === 0 ? null : Math.round(measured.reduce((sum, one) => sum + one.averageMs * one.count, 0) / count);
    }
    case "firstReply": {
      const own = ids(role ?? "agent");
      return responses(conversation).find(({ byParticipantId }) => own.has(byParticipantId))?.afterMs ?? null;
    }
    case "holds":
    case "holdTime":
    case "longestHold": {
      if (sounds === undefined || conversation.kind === "chat") return null;
      const holds = sounds.filter(({ kind }) => kind === "music").map(({ startMs, endMs }) => endMs - startMs);
      if (name === "holds") return holds.length;
      if (name === "longestHold") return holds.reduce((most, ms) => Math.max(most, ms), 0);
      return holds.reduce((sum, ms) => sum + ms, 0);
    }
    case "sentiment": {
      const own = ids(role);
      const scores = turns.flatMap((turn) => {
        const felt = own.has(turn.participantId) ? sentiments?.get(turn.id) : undefined;
        return felt === undefined ? [] : [felt.score];
      });
      return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
    }
    default:
      return null;
  }
}

const times: ReadonlySet<FigureName> = new Set([...timeMeasures, "averageReply", "firstReply", "holdTime", "longestHold"]);
const shares: ReadonlySet<FigureName> = shareMeasures;

/** A figure as a number that a person would answer: times in seconds, shares in percent, to one decimal. */
export function figureAsAnswer({ name, value }: FormFigure): number {
  return Math.round((times.has(name) ? value / 1_000 : shares.has(name) ? value * 100 : value) * 10) / 10;
}

/** A figure's value as people write it: "65%", "12 s", "4". */
export function figureText(name: FigureName, value: number): string {
  if (isMeasure(name)) return measureText(name, value);
  return times.has(name) ? measureText("duration", value) : String(Math.round(value * 10) / 10);
}

const furtherTexts: Readonly<Record<(typeof furtherNames)[number], string>> = {
  averageReply: "the average time to reply",
  firstReply: "the time to the first reply",
  holds: "the number of holds",
  holdTime: "the time on hold",
  longestHold: "the longest hold",
  sentiment: "the mean sentiment",
};

/** A figure's name for people: "the longest hold", "the share of talk of the agent". */
export function figureNameText(name: FigureName, role: Role | null): string {
  const text = isMeasure(name) ? measureTexts[name] : furtherTexts[name];
  return role === null ? text : `${text} of the ${role}`;
}
