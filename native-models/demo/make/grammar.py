"""Sentences of a contact centre: about 250 templates of 13 kinds with slots for names, places, dates, amounts and digits.

utterance(random) gives one to three sentences, as people write them: capitals and punctuation, numbers always in words
("four two one"), spelled letters as single capitals ("S W one"). The whole vocabulary is about 770 words.

    /usr/bin/python3 grammar.py [COUNT] [SEED]     prints some
"""
import random as randomness
import re
import sys

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FIRST_NAMES = (
    "James Mary John Linda Robert Susan Michael Karen David Sarah William Emma Richard Laura Thomas Alice Daniel Helen "
    "Matthew Anna Andrew Julia Peter Grace Paul Rachel Mark Sophie George Olivia Kevin Nancy Brian Diana Edward Martha "
    "Steven Rose Maria Carlos"
).split()
LAST_NAMES = (
    "Smith Johnson Williams Brown Jones Miller Davis Garcia Wilson Anderson Taylor Moore Jackson Martin Thompson White "
    "Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Green Baker Adams Nelson Carter Mitchell Roberts "
    "Turner Parker Evans Collins Stewart Morris Murphy"
).split()
CITIES = (
    "London Manchester Birmingham Leeds Glasgow Liverpool Bristol Edinburgh Cardiff Oxford Boston Chicago Houston Denver "
    "Dallas Seattle Phoenix Atlanta Miami Portland Austin Dublin Toronto Madrid Paris"
).split()
STREETS = (
    "Main Street|Park Avenue|Church Road|High Street|Oak Lane|Station Road|Mill Road|Green Lane|Bridge Street|Hill Drive"
).split("|")
LETTERS = list("BCDEFGHJKLMNPRSTW")


def below_hundred(number):
    if number < 10:
        return ONES[number]
    if number < 20:
        return TEENS[number - 10]
    return TENS[number // 10 - 2] + (" " + ONES[number % 10] if number % 10 else "")


def in_words(number, with_and=True):
    joint = " and " if with_and else " "
    if number < 100:
        return below_hundred(number)
    if number < 1000:
        rest = number % 100
        return ONES[number // 100] + " hundred" + (joint + below_hundred(rest) if rest else "")
    rest = number % 1000
    tail = (joint if rest < 100 else " ") + in_words(rest, with_and) if rest else ""
    return in_words(number // 1000, with_and) + " thousand" + tail


def digits(random, count):
    return " ".join(ONES[random.randrange(10)] for _ in range(count))


def groups(random, *sizes):
    return ", ".join(digits(random, size) for size in sizes)


def card_number(random):
    return groups(random, 4, 4, 4, 4)


def phone_number(random):
    return groups(random, 3, 3, 4)


def sort_code(random):
    return groups(random, 2, 2, 2)


def account(random):
    return digits(random, random.choice([6, 7, 8]))


def reference(random):
    return f"{random.choice(LETTERS)} {random.choice(LETTERS)} {digits(random, random.choice([3, 4, 5, 6]))}"


def postcode(random):
    letter = lambda: random.choice(LETTERS)
    outward = f"{letter()} {letter()} {below_hundred(random.randrange(1, 30))}"
    return f"{outward}, {ONES[random.randrange(1, 10)]} {letter()} {letter()}"


def spelled(random):
    return " ".join(random.choice(LETTERS) for _ in range(random.choice([3, 4, 5])))


def amount(random):
    currency = random.choice(["pounds", "dollars", "euros"])
    size = random.random()
    if size < 0.5:
        number = random.randrange(2, 100)
    elif size < 0.8:
        number = random.randrange(100, 1000)
    else:
        number = random.randrange(10, 99) * 100 + random.choice([0, 0, 50, 25, random.randrange(100)])
    text = in_words(number, currency != "dollars") + " " + currency
    if random.random() < 0.35:
        text += " and " + below_hundred(random.randrange(1, 20) * 5) + (" pence" if currency == "pounds" else " cents")
    return text


def year(random):
    number = random.randrange(1940, 2010)
    last = number % 100
    if number < 2000:
        return "nineteen " + (below_hundred(last) if last > 9 else "oh " + ONES[last])
    return "two thousand" + (" and " + ONES[last] if last else "")


def day_of_month(random):
    number = random.randrange(1, 32)
    if number <= 20:
        return ORDINALS[number - 1]
    if number >= 30:
        return "thirtieth" if number == 30 else "thirty first"
    return "twenty " + ORDINALS[number - 21]


def date_of_birth(random):
    if random.random() < 0.6:
        return f"the {day_of_month(random)} of {random.choice(MONTHS)} {year(random)}"
    return f"{random.choice(MONTHS)} {day_of_month(random)}, {year(random)}"


def date(random):
    if random.random() < 0.5:
        return f"{random.choice(DAYS)} the {day_of_month(random)}"
    return f"the {day_of_month(random)} of {random.choice(MONTHS)}"


def time_of_day(random):
    hour = lambda: below_hundred(random.randrange(1, 13))
    return random.choice([
        hour() + " " + random.choice(["o'clock", "thirty", "fifteen", "forty five"]),
        "half past " + hour(),
        hour() + " in the " + random.choice(["morning", "afternoon", "evening"]),
    ])


def count(random):
    return below_hundred(random.choice([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 24, 30, 48, 60, 90]))


def small_count(random):
    return below_hundred(random.randrange(2, 11))


def percentage(random):
    whole = below_hundred(random.randrange(2, 20))
    return whole + (" point " + ONES[random.randrange(1, 10)] if random.random() < 0.5 else "") + " percent"


def house_number(random):
    return in_words(random.randrange(1, 250))


def full_name(random):
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"


# What a slot of a template may hold: one of a list, or what a function gives.
SLOTS = {
    "first": FIRST_NAMES,
    "last": LAST_NAMES,
    "city": CITIES,
    "street": STREETS,
    "month": MONTHS,
    "day": DAYS,
    "name": full_name,
    "title": ["Mister", "Missus", "Miss", "Doctor"],
    "d3": lambda random: digits(random, 3),
    "d4": lambda random: digits(random, 4),
    "d6": lambda random: digits(random, 6),
    "ref": reference,
    "acct": account,
    "card": card_number,
    "phone": phone_number,
    "sort": sort_code,
    "post": postcode,
    "zip": lambda random: digits(random, 5),
    "spell": spelled,
    "amt": amount,
    "dob": date_of_birth,
    "date": date,
    "time": time_of_day,
    "n": count,
    "small": small_count,
    "pct": percentage,
    "house": house_number,
    "year": year,
    "company": [
        "Northwind Bank", "Harbor Mutual", "Bluebird Energy", "City Telecom", "Summit Insurance",
        "Evergreen Home Loans", "Metro Travel", "Riverside Health",
    ],
    "dept": [
        "billing", "sales", "support", "technical support", "claims", "customer service", "mortgage", "fraud",
        "collections", "returns", "cancellations", "the complaints", "the loans", "the retention",
    ],
    "product": [
        "credit card", "debit card", "savings account", "current account", "checking account", "mortgage",
        "personal loan", "car insurance", "home insurance", "travel insurance", "broadband", "mobile phone",
        "electricity", "gas", "internet service", "life insurance", "subscription", "pension",
    ],
    "item": [
        "package", "order", "parcel", "router", "phone", "laptop", "washing machine", "printer", "ticket",
        "replacement card", "statement", "letter", "contract", "charger", "television",
    ],
    "problem": [
        "is not working", "never arrived", "was damaged", "is broken", "was the wrong size", "is very slow",
        "keeps disconnecting", "was late again", "stopped working", "is missing",
    ],
    "hi": ["Hello", "Good morning", "Good afternoon", "Good evening", "Hi there"],
    "polite": ["please", "for me", "for me please", "if you can"],
    "bad": [
        "unacceptable", "ridiculous", "terrible", "very disappointing", "so frustrating", "not good enough",
        "a complete waste of time",
    ],
    "good": ["great", "perfect", "excellent", "wonderful", "lovely", "brilliant", "very helpful", "fantastic"],
    "ok": [
        "Okay", "Sure", "Of course", "Certainly", "Absolutely", "No problem", "All right", "Right", "Yes", "Great",
        "Perfect", "Understood",
    ],
    "time_unit": ["minutes", "hours", "days", "weeks", "months"],
    "biz": ["business days", "working days", "days"],
    "chan": ["email", "text message", "post", "phone"],
    "reason": [
        "a late payment", "a duplicate charge", "a billing error", "an annual fee", "a direct debit",
        "an overdraft fee", "a delivery charge", "a cancellation fee", "a price increase", "a foreign transaction",
    ],
    "item2": ["a new phone", "a laptop", "a router", "a printer", "some shoes", "a sofa", "two tickets", "a television"],
    "product2": ["credit card", "debit card", "bank card", "phone"],
    "daypart": ["morning", "afternoon", "evening", "night"],
    "ordn": ["second", "third", "fourth", "fifth", "tenth"],
    "chan2": ["email", "email", "text message"],
    "good2": ["great", "lovely", "wonderful", "nice", "good"],
    "colour": ["red", "green", "blue", "orange", "flashing red", "off"],
    "relative": ["husband", "wife", "mother", "father", "son", "daughter", "brother", "sister"],
}

# The templates by kind, one a line.
TEMPLATES = {
    "greet": """
{hi}, thank you for calling {company}, my name is {first}, how can I help you today?
Thank you for calling {company}. You are speaking with {first}. How may I help you?
{hi}, you are through to {dept} department, {first} speaking.
Welcome to {company} customer service, this is {first}. What can I do for you today?
{hi}, this is {name} calling from {company}. Am I speaking with {title} {last}?
Thanks for waiting, my name is {first}. Who am I speaking with?
Thank you for holding. How can I help?
{hi}, my name is {name} and I am calling about my {product}.
{hi} {first}, I need some help with my {product} please.
Hi, I would like to speak to someone about my {product}.
{hi}, is this the {dept} department?
{hi}, I have a question about my {product}.
""",
    "disclose": """
This call may be recorded for quality and training purposes.
Before we begin, I need to tell you that this call is recorded.
Please note that this call is being recorded and monitored.
All calls are recorded for training and quality purposes. Is that okay with you?
I must inform you that this is an attempt to collect a debt, and any information will be used for that purpose.
Just so you know, we are on a recorded line.
Your capital is at risk and the value of investments can go down as well as up.
Your home may be at risk if you do not keep up repayments on your mortgage.
You have the right to cancel within {n} days.
I need to read you a short statement about the terms and conditions.
""",
    "verify": """
Can I take your full name and date of birth {polite}?
For security, can you confirm your date of birth and your postcode?
My date of birth is {dob}.
It is {dob}.
I was born on {dob}.
The postcode is {post}.
My postcode is {post} and the house number is {house}.
My zip code is {zip}.
My PIN is {d4}.
Please do not tell me your full PIN, just the first and third digits.
Can you give me the last four digits of your card?
The last four digits are {d4}.
The last four digits of my card are {d4}.
My social security number ends in {d4}.
Can you confirm the first line of your address?
My address is {house} {street}, {city}.
I live at {house} {street} in {city}.
My name is {name}.
My surname is {last}, spelled {spell}.
That is spelled {spell}.
What is your mother's maiden name?
The password on the account is {last}.
Thank you {first}, you have passed security.
Thank you {title} {last}, that is all verified.
I am sorry, that does not match our records.
I just need to verify your identity before we can discuss the account.
Can I have your account number please?
My account number is {acct}.
The account number is {acct} and the sort code is {sort}.
My reference number is {ref}.
Your reference number is {ref}, I will repeat that, {ref}.
What is the best phone number to reach you on?
My phone number is {phone}.
You can reach me on {phone}.
Is {phone} still your best contact number?
""",
    "card": """
My card number is {card}.
The long number is {card}.
It is {card}.
The number on the front of the card is {card}.
The expiry date is {month} {small}, and the security code is {d3}.
The expiration date is {month} twenty {n}.
The three digits on the back are {d3}.
The security code is {d3}.
Can you read me the long number across the front of the card?
And what is the expiry date and the three digit security code on the back?
I will pause the recording while you give me your card details.
The recording has been paused, please go ahead with the card number.
{card}.
{d4}, {d4}.
{d6}.
{d3}.
""",
    "issue": """
I was charged {amt} and I do not know why.
There is a charge of {amt} on my statement that I do not recognise.
I have been charged twice for the same {item}.
My {item} {problem}.
I ordered {item2} {small} weeks ago and it still has not arrived.
I bought a {item} on {date} and it {problem}.
My {product} payment did not go through.
I would like to cancel my {product}.
I want to change my address to {house} {street}, {city}.
I would like to check the balance on my {product}.
I want to make a payment of {amt} towards my {product}.
I lost my {product2} yesterday in {city} and I want to block it.
Someone has used my card in {city} without my permission.
I cannot log in to my account, it says my password is wrong.
My internet has been down since {day} {daypart}.
I need to book an appointment with an adviser.
I would like to know the interest rate on a new mortgage.
How much is left to pay on my {product}?
Can I get a copy of my {item} by {chan}?
I received a letter saying that I owe {amt}.
I never agreed to this contract.
I would like to make a claim on my {product}.
I had a car accident on {date} and I need to make a claim.
I want to upgrade my {product} to a better deal.
Why has my bill gone up to {amt} this month?
The price on the website was {amt}, but I was charged {amt}.
""",
    "complain": """
This is {bad}, I have been waiting for {n} {time_unit}.
I have called {small} times about this and nobody has helped me.
I want to make a formal complaint.
I want to speak to your manager right now.
Nobody ever calls me back when they promise to.
I am really unhappy with the service I have received.
I was on hold for {n} minutes before anyone answered.
This is the {ordn} time I have explained the same problem.
If this is not fixed by {day}, I will leave and go to another company.
I am going to report you to the ombudsman.
I want my money back, this is {bad}.
You people are useless, this is {bad}.
I am sick and tired of being passed from one person to another.
Your advisor was very rude to me last {day}.
I feel like nobody is listening to me.
I am very upset because my husband is in hospital.
My wife has just lost her job and we cannot afford the payments.
I will be cancelling everything and telling all my friends.
""",
    "empathy": """
I am sorry to hear that, {title} {last}.
I am very sorry about that, let me see what I can do.
I do apologise for the inconvenience.
I completely understand why you are upset.
I understand how frustrating that must be.
I would feel exactly the same in your position.
I am so sorry for your loss.
Please accept my apologies for the long wait.
That should not have happened, and I will put it right.
Thank you for your patience, {first}.
Thank you for bringing this to our attention.
I appreciate you telling me that.
Let me take care of that for you.
""",
    "hold": """
Can I put you on a brief hold while I check that?
Do you mind holding for a minute or two?
Please hold the line while I speak to my supervisor.
One moment please, I am just loading your account.
Bear with me, my computer is running a little slow today.
Thank you for holding, {title} {last}.
I am just going to look into this for you.
Let me check the system for you.
I can see your account in front of me now.
I can see a payment of {amt} on {date}.
I can see that the {item} was sent on {date}.
According to my notes, you called us on {date} about {reason}.
Are you still there?
Can you hear me?
Sorry, you are breaking up, could you repeat that please?
I did not catch that, could you say it again?
""",
    "transfer": """
I will transfer you to {dept} department now.
I am going to put you through to {dept} team.
Please stay on the line while I connect you.
I will pass you over to my colleague {first} in {dept}.
You need to call a different number, which is {phone}.
Would you like me to arrange a call back for {date}?
My manager will call you back before {time} on {day}.
I have explained everything to my colleague so you do not need to repeat yourself.
""",
    "resolve": """
I can refund {amt} to your account today.
The refund of {amt} will be with you in {small} to {n} {biz}.
I have applied a credit of {amt} to your account.
I will send you a new {item} free of charge.
Your new {item} will arrive on {date}.
I have cancelled your {product} with effect from {date}.
I can offer you a discount of {pct} for the next {n} months.
As a gesture of goodwill, I can offer you {amt}.
The payment of {amt} has been taken successfully.
Your monthly payment will be {amt} for {n} months.
The interest rate is {pct}, fixed for {small} years.
Your balance is {amt}.
The current balance on your {product} is {amt}.
Your next payment of {amt} is due on {date}.
I have booked you an engineer for {date}, between {time} and {time}.
Your appointment is on {date} at {time}.
Can you do {day} at {time} instead?
That charge was for {reason}, and it will not happen again.
I have updated your address on our system.
I have raised a complaint for you, and the reference is {ref}.
You will receive an {chan2} confirming this within {n} hours.
I have blocked the card and ordered a new one.
Have you tried turning the router off and on again?
Please unplug it from the wall and wait for {n} seconds.
What colour is the light on the front of the box?
The light is {colour}.
It is working now, thank you.
That would be {amt} in total.
How would you like to pay, by card or by direct debit?
I cannot guarantee that, but I will do my best.
Unfortunately we are not able to offer a refund after {n} days.
Unfortunately I do not have access to that information.
I am afraid that is not possible at the moment.
You can also do this online or in our mobile app.
We recommend that you keep a record of this reference number.
""",
    "close": """
Is there anything else I can help you with today?
Is there anything else I can do for you?
No, that is everything, thank you.
No thanks, that is all for today.
Thank you for calling {company}, have a {good2} day.
Thank you very much for your help, {first}.
You have been {good}.
That is {good}, thank you so much.
Goodbye.
Thank you, bye.
Have a nice weekend.
Take care, goodbye.
You will receive a short survey after this call, we would love your feedback.
Please stay on the line to rate the service you received today from one to five.
Let me just summarise what we have agreed.
So I have refunded {amt} and your new {item} will arrive on {day}.
It was a pleasure speaking with you.
""",
    "small": """
How are you today?
I am fine, thank you, and you?
I am very well, thanks for asking.
The weather in {city} is lovely today.
It has been raining here all week.
Did you have a good weekend?
I am at work at the moment, so I do not have much time.
My {relative} usually looks after this.
I am calling on behalf of my {relative}.
I have been a customer for {n} years.
Sorry, the dog is barking, just a second.
I am driving at the moment, can you call me later?
We are going on holiday to {city} in {month}.
That is funny.
""",
    "back": """
{ok}.
{ok}, thank you.
{ok}, that is fine.
{ok}, go ahead.
{ok}, let me check that for you.
{ok}, I understand.
Yes please.
Yes, that is correct.
No, that is not right.
No, not really.
I see.
Yes, speaking.
Thank you.
Sorry?
Hello?
Are you sure?
I do not think so.
Maybe, let me think about it.
I do not remember.
That sounds {good}.
How long will it take?
When will I get my money back?
Why did that happen?
What do you mean?
Who told you that?
Where should I send it?
Let me find my card.
Just a moment, I need to get a pen.
""",
}
TEMPLATES = {kind: text.strip().split("\n") for kind, text in TEMPLATES.items()}
KINDS = list(TEMPLATES)
# How often each kind is drawn.
WEIGHTS = dict(
    greet=7, disclose=6, verify=16, card=8, issue=12, complain=8, empathy=6,
    hold=8, transfer=5, resolve=16, close=8, small=6, back=9,
)


def filled(template, random):
    def value(match):
        slot = SLOTS[match.group(1)]
        return slot(random) if callable(slot) else random.choice(slot)

    text = re.sub(r"\{(\w+)\}", value, template)
    # Two articles may meet where a slot brings one along; a department has one.
    text = re.sub(r"\b(?:an|the) the\b", "the", text).replace("an text", "a text")
    text = re.sub(r"\bthrough to (?!the)(\w[\w ]*?) (department|team)", r"through to the \1 \2", text)
    text = re.sub(r"\btransfer you to (?!the)(\w[\w ]*?) department", r"transfer you to the \1 department", text)
    return text[0].upper() + text[1:]


def sentence(random, kind):
    return filled(random.choice(TEMPLATES[kind]), random)


def utterance(random, longest=210):
    """One to three sentences of at most `longest` letters."""
    number = random.choices([1, 2, 3], [60, 30, 10])[0]
    kinds = random.choices(KINDS, [WEIGHTS[kind] for kind in KINDS], k=number)
    text = " ".join(sentence(random, kind) for kind in kinds)
    while len(text) > longest:
        text = sentence(random, random.choice(KINDS))
    return text


def random_words(random, vocabulary):
    """Three to eight words drawn evenly: what nobody says, so that nothing but the sound tells the next word."""
    text = " ".join(random.choice(vocabulary) for _ in range(random.randrange(3, 9)))
    return text[0].upper() + text[1:] + "."


def two_halves(random, most_words=22):
    """The beginning of one utterance and the end of another: known words in an order that no template has."""
    first, second = utterance(random).split(), utterance(random).split()
    cut = random.randrange(1, max(2, len(first)))
    resume = random.randrange(0, max(1, len(second) - 1))
    if len(second) > 8 and random.random() < 0.5:
        resume = max(resume, random.randrange(0, max(1, len(second) - 6)))
    beginning = [
        word.strip(".?,") if place < cut - 1 and random.random() < 0.5 else word
        for place, word in enumerate(first[:cut])
    ]
    return " ".join((beginning + second[resume:])[:most_words])


def inner_vocabulary(random, utterances=20_000):
    """Words that occur in some thousand utterances, without those that begin a sentence and so have a capital."""
    words = set()
    for _ in range(utterances):
        for part in re.split(r"[.?] ", utterance(random).replace(",", "")):
            words.update(word.strip(".?,") for word in part.split()[1:])
    return sorted(words - {""})


if __name__ == "__main__":
    chosen = randomness.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
        print(utterance(chosen))
