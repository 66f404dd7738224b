/** Rules that show what can be written, each by the name of its explanation in the texts. */
export const ruleExamples = {
  said: "said: [cancel my contract, want to leave]\nby: customer\nin: { first: 2m }",
  near: "said: put you on hold\nmatch: near\natLeast: 2",
  pattern: "pattern: '\\border number \\d+\\b'",
  masked: "masked: [card-number]\nby: customer",
  silence: "silence: 30s\nin: { last: 25% }",
  interruption: "interruption: 5s\nby: agent",
  sentiment: "sentiment: negative\nby: customer\nin: { last: 25% }",
  score: "score: { below: -1 }\nby: customer\nquarter: 4",
  measure: "measure: talkShare\nby: agent\nabove: 0.7",
  sequence:
    "sequence:\n  - { said: may I put you on hold, by: agent }\n  - { said: thank you for holding, by: agent }\nwithin: 10m",
  group: "all:\n  - { said: refund }\n  - not: { said: voucher }\n  - any:\n      - { said: late }\n      - { silence: 20s }",
  negate: "said: this call is recorded\nby: agent\nin: { first: 1m }\nnegate: true",
} as const;

/** The name of an example. */
export type RuleExample = keyof typeof ruleExamples;
