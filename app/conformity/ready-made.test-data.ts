import type { HeardSound } from "../conversation/conversation.ts";
import type { MadeLine } from "../insight/categories.test-data.ts";

/** A made conversation on which a ready-made checklist is tried, and what its rules have to say of it. */
export interface Trial {
  readonly lines: readonly MadeLine[];
  readonly kind?: "call" | "chat";
  readonly sounds?: readonly HeardSound[];
  /** Feeling of every turn of the customer, -5 to 5; by default nobody has looked. */
  readonly feeling?: number;
  /** Answers by question: the options chosen, "not-applicable", or null where it is left to a person or a writer. */
  readonly expected: Readonly<Record<string, string | null>>;
  /** Questions that fail the form, in its order. */
  readonly failedBy: readonly string[];
  readonly passed: boolean;
}

const holdMusic: HeardSound = { kind: "music", startMs: 30_000, endMs: 60_000, confidence: 0.9, channel: null };

/** For each ready-made checklist a conversation that passes and one that fails. */
export const trials: Readonly<Record<string, { readonly passes: Trial; readonly fails: Trial }>> = {
  "service-quality": {
    passes: {
      lines: [
        ["agent", "Good morning, thank you for calling Harbor Insurance, my name is Laura, how can I help you?"],
        [
          "customer",
          "Hello, I am really frustrated, this is the second time I have called about my renewal letter that never came",
        ],
        ["agent", "I am so sorry, I can understand that, let me check for you what happened"],
        ["customer", "Thank you, I moved house in March and I told you my new address back then"],
        ["agent", "May I put you on hold for half a minute?"],
        ["customer", "Yes of course"],
        ["agent", "Thank you for holding, the letter went to the old address and I have sent it again today", 62_000],
        ["customer", "Great, that is all I wanted to know today"],
        ["agent", "Is there anything else I can help with?"],
        ["customer", "No that was it, thanks"],
        ["agent", "Thank you for calling and have a good day"],
      ],
      sounds: [holdMusic],
      expected: {
        greeting: "yes",
        "name-given": "yes",
        "first-reply": "yes",
        listened: "yes",
        "talk-balance": "balanced",
        empathy: "yes",
        "hold-asked": "yes",
        "dead-air": "no",
        knowledge: null,
        resolved: null,
        "anything-else": "yes",
        thanks: "yes",
        note: null,
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["agent", "Yes"],
        ["customer", "Hello, I am very disappointed, nobody answers my letters and I have waited for six weeks now for my money"],
        ["agent", "What is your number"],
        ["customer", "It is four four one"],
        ["agent", "That is being processed", 45_000],
        ["customer", "And when will it come, please tell me at least that"],
        ["agent", "I do not know"],
      ],
      sounds: [],
      expected: {
        greeting: "no",
        "name-given": "no",
        "hold-asked": "not-applicable",
        empathy: "no",
        "dead-air": "yes",
        "anything-else": "no",
        thanks: "no",
      },
      failedBy: [],
      passed: false,
    },
  },
  "disclosure-and-identity": {
    passes: {
      lines: [
        ["agent", "Thank you for calling First Savings, this call may be recorded for training"],
        ["customer", "Hi, I would like to know what is on my account"],
        ["agent", "Happy to help, could you tell me your date of birth and your postcode please?"],
        ["customer", "The second of May seventy one and the code is seven seven"],
        ["agent", "Thank you, your balance is two hundred and ten pounds"],
        ["customer", "Perfect, thank you"],
      ],
      expected: {
        "disclosed-in-time": "yes",
        "objection-respected": "not-applicable",
        "asked-for-identity": "yes",
        "verified-before-detail": "yes",
        "two-factors": null,
        "no-hints": null,
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["agent", "First Savings, good afternoon"],
        ["customer", "Hello, it is Ann Miller, what is on my account and please do not record me"],
        ["agent", "Your balance is two hundred and ten pounds"],
        ["customer", "Oh, and the address?"],
        ["agent", "Can you confirm your date of birth first? This call is recorded by the way", 50_000],
      ],
      expected: {
        "disclosed-in-time": "no",
        "objection-respected": "no",
        "asked-for-identity": "yes",
        "verified-before-detail": "no",
      },
      failedBy: ["verified-before-detail"],
      passed: false,
    },
  },
  "payment-card": {
    passes: {
      lines: [
        ["customer", "I would like to pay the bill by debit card"],
        ["agent", "Certainly, that is forty two pounds for March, is that right?"],
        ["customer", "Yes it is"],
        ["agent", "I will pause the recording now, please type in your card with your keypad"],
        ["agent", "Thank you, your payment has gone through", 60_000],
        ["customer", "Thanks, bye"],
      ],
      expected: {
        "card-came-up": "yes",
        "number-spoken": "no",
        "code-spoken": "no",
        "paused-before": "yes",
        "read-back": "no",
        "sent-in-writing": null,
        "amount-agreed": null,
        confirmed: "yes",
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["customer", "I would like to pay the bill"],
        ["agent", "Can you read out your card please, the long number first"],
        ["customer", "It is [card_number]"],
        ["agent", "So that was [card_number] and the three digits on the back?"],
        ["customer", "[card_security_code]"],
        ["agent", "Right, done"],
      ],
      expected: {
        "card-came-up": "yes",
        "number-spoken": "yes",
        "code-spoken": "yes",
        "paused-before": "no",
        "read-back": "yes",
        confirmed: "no",
      },
      failedBy: ["number-spoken", "code-spoken"],
      passed: false,
    },
  },
  "debt-collection": {
    passes: {
      lines: [
        ["agent", "Good morning, may I speak to Mister Brown? I am calling from Riverside Recovery"],
        ["customer", "That is me"],
        ["agent", "Could you confirm your date of birth please?"],
        ["customer", "The third of June eighty"],
        ["agent", "Thank you. This is an attempt to collect a debt and any information will be used for that purpose"],
        ["agent", "You owe three hundred dollars to Metro Power on an account that is past due"],
        ["customer", "I know, but I lost my job in the spring and I can not pay that at once"],
        ["agent", "I understand, we can set up a payment plan, what can you afford each month?"],
        ["customer", "Thirty would be fine"],
      ],
      expected: {
        "right-party": "yes",
        "mini-miranda": "yes",
        "company-named": "yes",
        "dispute-explained": "not-applicable",
        threats: "no",
        respectful: null,
        "stop-respected": "not-applicable",
        difficulty: "yes",
        "options-offered": "yes",
        affordable: null,
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["agent", "Your debt of three hundred dollars is overdue, when do you pay?"],
        ["customer", "That is not mine, I already paid this, and do not call me at work"],
        ["agent", "If you do not pay today we will have you arrested and tell your employer"],
        ["customer", "I lost my job last month, I can not pay anything"],
        ["agent", "That is not my problem"],
      ],
      expected: {
        "right-party": "no",
        "mini-miranda": "no",
        "company-named": "no",
        "dispute-explained": "no",
        threats: "yes",
        "stop-respected": "no",
        difficulty: "yes",
        "options-offered": "no",
      },
      failedBy: ["right-party", "threats"],
      passed: false,
    },
  },
  "health-privacy": {
    passes: {
      lines: [
        ["agent", "Northside Clinic, is this a good time to talk?"],
        ["customer", "Yes, I am calling for my wife, she is waiting for the results of Tuesday"],
        ["agent", "May I have her full name and date of birth please?"],
        ["customer", "Maria Lopez, the fourth of April eighty two"],
        ["agent", "Thank you. You are listed as her contact with her permission"],
        ["agent", "Her results are fine and the doctor will see her in a year"],
      ],
      expected: {
        "two-identifiers": "yes",
        "identified-first": "yes",
        "calls-for-another": "yes",
        entitled: "yes",
        "nothing-told-unentitled": null,
        minimum: null,
        "left-message": "not-applicable",
        "sensitive-handled": "yes",
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["agent", "Northside Clinic, hello"],
        ["customer", "Hi, it is about my brother, did his results come?"],
        ["agent", "Yes, his results came, the blood test was positive for diabetes and he needs medication"],
        ["customer", "Oh no"],
      ],
      expected: {
        "two-identifiers": "no",
        "identified-first": "no",
        "calls-for-another": "yes",
        entitled: "no",
        "left-message": "not-applicable",
        "sensitive-handled": "no",
      },
      failedBy: ["identified-first", "entitled"],
      passed: false,
    },
  },
  complaints: {
    passes: {
      lines: [
        ["customer", "This is the third time I have called about the leak, it is unacceptable and I want to speak to a manager"],
        ["agent", "I am very sorry, that should not have happened"],
        ["agent", "I have logged your complaint, the reference number is four one seven"],
        ["customer", "And then what?"],
        ["agent", "Our complaints team will call you within two working days, and you may turn to the ombudsman after that"],
        ["customer", "All right, thank you very much"],
      ],
      feeling: 1,
      expected: {
        "is-complaint": "yes",
        acknowledged: "yes",
        "soon-enough": "yes",
        recorded: "yes",
        timescale: "yes",
        elsewhere: "yes",
        dissuaded: null,
        cause: null,
        remedy: null,
        mood: "yes",
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      lines: [
        ["customer", "I am fed up, your engineer did not come again and I want to speak to a manager"],
        ["agent", "He will come at some point"],
        ["customer", "That is not good enough"],
        ["agent", "I can not change that"],
        ["customer", "Unbelievable, I have had enough of this"],
      ],
      feeling: -3,
      expected: {
        "is-complaint": "yes",
        acknowledged: "no",
        recorded: "no",
        timescale: "no",
        elsewhere: "no",
        mood: "no",
      },
      failedBy: [],
      passed: false,
    },
  },
  "bot-handover": {
    passes: {
      kind: "chat",
      lines: [
        ["bot", "Hello, I am your virtual assistant. What can I do for you?", 0],
        ["customer", "My parcel shows as delivered but it is not here", 8_000],
        ["bot", "I can look up parcels. What is the number?", 9_000],
        ["customer", "BX 1182, can I talk to an agent please", 25_000],
        ["bot", "Of course, connecting you to a colleague", 26_000],
        ["agent", "Hi, my name is Tom. I can see that parcel BX 1182 is missing, I will open a search", 55_000],
        ["customer", "Great, thanks", 70_000],
        ["agent", "You will have an answer tomorrow", 80_000],
      ],
      expected: {
        "bot-present": "yes",
        "bot-said-so": "yes",
        "let-through": "yes",
        "handed-over": "yes",
        wait: "short",
        introduced: "yes",
        "context-kept": "yes",
        "asked-again": "no",
        "bot-failed-at": "none",
      },
      failedBy: [],
      passed: true,
    },
    fails: {
      kind: "chat",
      lines: [
        ["bot", "Hello! How may I help?", 0],
        ["customer", "My parcel is missing", 10_000],
        ["bot", "Sorry, I did not understand that.", 11_000],
        ["customer", "I need a real person", 20_000],
        ["bot", "Sorry, I did not understand. Please rephrase.", 21_000],
        ["customer", "human", 30_000],
        ["agent", "What seems to be the problem?", 700_000],
        ["customer", "I already told the bot", 710_000],
        ["agent", "Please tell me again", 720_000],
      ],
      expected: {
        "bot-present": "yes",
        "bot-said-so": "no",
        "let-through": "no",
        "handed-over": "yes",
        wait: "long",
        introduced: "no",
        "context-kept": "no",
        "asked-again": "yes",
        "bot-failed-at": "understanding, loop",
      },
      failedBy: [],
      passed: false,
    },
  },
};
