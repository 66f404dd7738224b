import { z } from "zod";
import { api, type CallName, type Handlers, isCallName } from "./api.ts";
import { EarmarkError, type Failure, failureSchema, fromFailure, toFailure } from "./errors.ts";
import { type EventName, type EventPayload, events } from "./events.ts";

/** What a door answers: the value, or the failure. Nothing is ever thrown across a door. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Failure };

const replySchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: failureSchema }),
]);

/** What is said about a wrong input is for a log: ten thousand wrong paths are not worth ten thousand lines. */
const longestMessage = 2_000;

/** An event on its way. */
export interface EventMessage<N extends EventName = EventName> {
  readonly name: N;
  readonly payload: EventPayload<N>;
}

/**
 * The door: takes a name and an input from outside, parses both, runs the handler, and answers with a reply. Both
 * shells pass every call through here after they have checked who is calling.
 */
export async function answer(handlers: Handlers, name: string, input: unknown): Promise<Reply> {
  try {
    if (!isCallName(name)) throw new EarmarkError("input-invalid", `There is no call named ${JSON.stringify(name)}.`);
    const parsed = api[name].input.safeParse(input);
    if (!parsed.success)
      throw new EarmarkError("input-invalid", z.prettifyError(parsed.error).slice(0, longestMessage), { call: name });
    const handler = handlers[name] as (input: unknown) => Promise<unknown>;
    return { ok: true, value: await handler(parsed.data) };
  } catch (thrown) {
    return { ok: false, error: toFailure(thrown) };
  }
}

/** Unpacks a reply on the caller's side. Throws the failure as an `EarmarkError`. */
export function unpack(reply: unknown): unknown {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success) throw new EarmarkError("internal", "The reply is not one of Earmark's.");
  if (!parsed.data.ok) throw fromFailure(parsed.data.error);
  return parsed.data.value;
}

/** Parses an event message from outside; undefined when it is not one of ours. */
export function parseEvent(message: unknown): EventMessage | undefined {
  const outer = z.object({ name: z.string(), payload: z.unknown() }).safeParse(message);
  if (!outer.success || !Object.hasOwn(events, outer.data.name)) return undefined;
  const name = outer.data.name as EventName;
  const payload = events[name].safeParse(outer.data.payload);
  return payload.success ? ({ name, payload: payload.data } as EventMessage) : undefined;
}

/** Names of calls, for a preload that must not carry the schemas. */
export type { CallName };
