import type { MadeLine } from "./categories.test-data.ts";

/** For each ready-made category a conversation in which it is present and one in which it is not. */
export const tried: Readonly<Record<string, { readonly present: readonly MadeLine[]; readonly absent: readonly MadeLine[] }>> = {
  greeting: {
    present: [["agent", "Good morning, how can I help you?"]],
    absent: [
      ["agent", "Yes? What is it?"],
      ["customer", "Hello, my name is Ann"],
    ],
  },
  "recording-disclosure": {
    present: [["agent", "Calls may be recorded for training."]],
    absent: [
      ["agent", "Hello"],
      ["agent", "This call is recorded", 130_000],
    ],
  },
  "identity-verification": {
    present: [
      ["agent", "Could you confirm for me your full name?"],
      ["customer", "Ann"],
    ],
    absent: [
      ["customer", "Do you need my date of birth?"],
      ["agent", "No"],
    ],
  },
  "hold-procedure": {
    present: [
      ["agent", "May I put you on hold?"],
      ["customer", "Sure"],
      ["agent", "Thank you for holding.", 60_000],
    ],
    absent: [
      ["agent", "May I put you on hold?"],
      ["customer", "Sure"],
      ["agent", "Right, the bill.", 60_000],
    ],
  },
  empathy: {
    present: [["agent", "I'm so sorry to hear that."]],
    absent: [
      ["agent", "That is the policy."],
      ["customer", "I'm sorry to hear that."],
    ],
  },
  "dead-air": {
    present: [
      ["agent", "One moment"],
      ["agent", "Here", 15_000],
    ],
    absent: [
      ["agent", "One moment"],
      ["agent", "Here", 5_000],
    ],
  },
  interruption: {
    present: [
      ["customer", "So I went there and then they told me", 0],
      ["agent", "No no no you have to go to the other desk", 900],
    ],
    absent: [
      ["customer", "So I went there", 0],
      ["agent", "I see", 2_000],
    ],
  },
  escalation: {
    present: [["customer", "I want to speak to your manager."]],
    absent: [
      ["agent", "Would you like to speak to a manager?"],
      ["customer", "No"],
    ],
  },
  cancellation: {
    present: [["customer", "I'd really like to cancel this contract"]],
    absent: [["customer", "The train was cancelled"]],
  },
  complaint: {
    present: [["customer", "This is the third time I've called."]],
    absent: [["customer", "Thanks, that was quick."]],
  },
  "call-back-promise": {
    present: [["agent", "I'll call you right back this afternoon."]],
    absent: [
      ["customer", "I will call you back."],
      ["agent", "Fine"],
    ],
  },
  "payment-taken": {
    present: [
      ["customer", "It is [card_number]"],
      ["agent", "I'll take the payment."],
    ],
    absent: [["customer", "When do I have to pay?"]],
  },
  "closing-question": {
    present: [
      ["customer", "I see now what it was and why"],
      ["agent", "Is there anything else?"],
    ],
    absent: [
      ["agent", "Is there anything else?"],
      ["customer", "Yes my bill is wrong and I would like you to look"],
      ["agent", "Bye"],
    ],
  },
};
