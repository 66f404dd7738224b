/** The words about agents' voices that are remembered from call to call. */
export const voices = {
  title: "Voices",
  note: "A voice is biometric data. Ask whoever is responsible for data protection before you turn this on.",
  remember: "Remember agents' voices",
  what: "Earmark keeps a print of the agent's voice with each call it hears from now on, and proposes the agent's name in later calls. A name is only used when a person accepts it, and a name that a file gives is never replaced.",
  whose: "Agents alone. No print is made of a customer's voice, and prints never leave this machine or get into an export.",
  gone: "A print is deleted with its recording. Turned off, all of them are deleted at once.",
  forgetTitle: "Forget all agents' voices?",
  forgetBody:
    "Every voice print in this library is deleted. Names that people gave stay. Calls would have to be heard again to remember their voices anew.",
  forget: "Turn off and forget",
  soundsLike_one: "Sounds like {{name}}, {{percent}} sure, from {{count}} call",
  soundsLike_other: "Sounds like {{name}}, {{percent}} sure, from {{count}} calls",
  accept: "This is {{name}}",
} as const;
