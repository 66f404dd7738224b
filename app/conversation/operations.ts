import { z } from "zod";
import { assertNever } from "../assert-never.ts";
import { roleSchema, type Transcript } from "./conversation.ts";

/*
 * A person's correction is an operation appended to the machine's transcript. The revision on screen is the transcript
 * with the operations applied in order, so undo, audit and "what did the machine say" are one mechanism.
 */

/** What a person can change about a transcript. */
export const operationSchema = z.discriminatedUnion("kind", [
  /** Exchanges agent and customer. */
  z.object({ kind: z.literal("swap-roles") }),
  z.object({ kind: z.literal("set-role"), participantId: z.string().min(1), role: roleSchema }),
  z.object({ kind: z.literal("rename-speaker"), participantId: z.string().min(1), name: z.string().trim().max(200) }),
]);
/** What a person can change about a transcript. */
export type Operation = z.infer<typeof operationSchema>;

/** An operation with its author and its time. */
export const recordedOperationSchema = z.object({
  id: z.string().min(1),
  at: z.iso.datetime(),
  author: z.string(),
  operation: operationSchema,
});
/** An operation with its author and its time. */
export type RecordedOperation = z.infer<typeof recordedOperationSchema>;

/** The transcript after the operations. An operation on a participant who does not exist changes nothing. */
export function applyOperations(transcript: Transcript, operations: readonly Operation[]): Transcript {
  return operations.reduce(applyOperation, transcript);
}

function applyOperation(transcript: Transcript, operation: Operation): Transcript {
  switch (operation.kind) {
    case "swap-roles":
      return withParticipants(transcript, (participant) => {
        if (participant.role === "agent") return { ...participant, role: "customer", roleConfidence: null };
        if (participant.role === "customer") return { ...participant, role: "agent", roleConfidence: null };
        return participant;
      });
    case "set-role":
      return withParticipants(transcript, (participant) =>
        participant.id === operation.participantId ? { ...participant, role: operation.role, roleConfidence: null } : participant,
      );
    case "rename-speaker":
      return withParticipants(transcript, (participant) =>
        participant.id === operation.participantId
          ? { ...participant, name: operation.name === "" ? null : operation.name }
          : participant,
      );
    default:
      return assertNever(operation);
  }
}

function withParticipants(
  transcript: Transcript,
  change: (participant: Transcript["participants"][number]) => Transcript["participants"][number],
): Transcript {
  return { ...transcript, participants: transcript.participants.map(change) };
}
