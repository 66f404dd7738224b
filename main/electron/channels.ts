/** The channel on which the page asks. */
export const callChannel = "earmark:call";
/** The channel on which the backend tells. */
export const eventChannel = "earmark:event";
