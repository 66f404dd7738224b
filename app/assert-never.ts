/** Closes an exhaustive `switch`: does not compile while a case is missing, throws if data from outside slipped past its parser. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
