export { call, importSource, mediaUrl, on, onConnection } from "./bridge.ts";
export { isConnectionLost, keyOf, memory, onUnshownFailure, queryOf, useAct, useCall } from "./calls.ts";
export { keepFresh } from "./live.ts";
export type { Connection } from "./transport.ts";
