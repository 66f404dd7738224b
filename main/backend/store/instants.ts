/** An ISO 8601 instant as milliseconds since the epoch, as instants lie in the database. */
export function toMilliseconds(instant: string): number {
  return Date.parse(instant);
}

/** Milliseconds since the epoch as an ISO 8601 UTC instant. */
export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The same for an instant that may be unknown. */
export function toInstantOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toInstant(milliseconds);
}
