import { EarmarkError } from "../../../app/contract/errors.ts";

/*
 * What a model may not be able to do, and is not asked for again once it has said so: each costs a request to find out. A
 * model that need not call the tool may write prose instead; what it then says is not believed, and its questions are left
 * to a person.
 */

/** How a model is asked. */
export interface Manner {
  /** Whether the answer comes as it is written. */
  stream: boolean;
  /** Whether a temperature of 0 is asked for. */
  temperature: boolean;
  /** Whether it has to call this tool, has to call one of its tools (there is but the one), or may. */
  choice: "this" | "any" | "may";
}

/** A manner that asks for everything. */
export function fullManner(stream: boolean): Manner {
  return { stream, temperature: true, choice: "this" };
}

/** Another manner after a refusal that names what the model cannot do; null where the refusal is about something else. */
export function concession(manner: Manner, thrown: unknown): Manner | null {
  if (!(thrown instanceof EarmarkError) || thrown.code !== "writer-failed") return null;
  const { message } = thrown;
  if (
    manner.stream &&
    /tool use in stream|stream\w* mode|does(?:n't| not) support (?:\w+ ){0,3}stream|stream_options/iu.test(message)
  ) {
    return { ...manner, stream: false };
  }
  if (manner.choice !== "may" && /tool_?\s?choice/iu.test(message)) {
    return { ...manner, choice: manner.choice === "this" ? "any" : "may" };
  }
  if (manner.temperature && /temperature/iu.test(message)) return { ...manner, temperature: false };
  return null;
}
