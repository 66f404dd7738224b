/*
 * Utterances with the personal data in them marked, to measure redaction by: {type:what stands there}. Written for
 * Earmark; no person, address or account is real, and numbers with check digits are published examples or made up.
 * A line is one exchange: its region, then turns of the agent (A:) and the customer (C:) with // in between.
 * The last 60 lines were written before the rules were tuned, and the rules are not tuned on them: they show how these
 * do on what is new, as far as utterances by the same hand can.
 */

const lines = `
us C: Hi, my name is {name:Jennifer Alvarez} and I have a question about my bill.
us A: Thank you for calling, can I get your first and last name? // C: Sure, it's {name:Robert Kowalski}.
us C: This is {name:Dana Whitfield}, I called yesterday about the router.
us A: Who am I speaking with? // C: {name:Marcus Lee}.
us A: How do you spell your last name? // C: {name:K O W A L S K I}.
us A: Could you spell that for me? // C: {name:S as in Sam, M, I, T, H}.
us C: You're speaking with {name:Angela Brooks}.
us C: My husband's name is {name:Peter Novak} and the account is under his name.
us A: Thanks {name:Jennifer}, one moment while I look that up.
us A: Okay Mr. {name:Henderson}, I see the order here.
us C: I live at {address:742 Evergreen Terrace, Springfield, Illinois 62704}.
us A: What's the shipping address? // C: {address:1600 Oak Street, apartment 4B, Portland, Oregon 97205}.
us C: Ship it to {address:twenty two eleven Maple Avenue, Austin, Texas seven eight seven oh one}.
us A: And your zip code? // C: {address:nine four one one oh}.
us C: My zip is {address:60614}.
us C: The billing zip code is {address:10027-4412}.
us C: Send it to {address:P.O. Box 1187, Boise, ID 83701}.
us C: We moved to {address:88 Lakeview Drive, Madison, WI 53703} last week.
us C: My email is {email:jalvarez82@example.com}.
us C: It's {email:robert dot kowalski at gmail dot com}.
us A: What email should I use? // C: {email:d whitfield seven seven at outlook dot com}.
us C: You can write me at {email:m.lee+orders@example.org}, that's best.
us C: email is {email:j u n e underscore b at yahoo dot com}
us C: The address is {email:info at brooks hyphen plumbing dot net}.
us C: Call me back at {phone:(312) 555-0148}.
us C: My number is {phone:five oh three five five five oh one nine two}.
us A: Is {phone:415-555-0132} still the best number to reach you? // C: Yes it is.
us C: my cell is {phone:+1 646 555 0119}
us A: Can I have a callback number? // C: {phone:seven one three, five five five, oh one oh four}.
us C: The phone on the account is {phone:2065550176}.
us A: Your date of birth, please? // C: {birth-date:March fourth nineteen eighty two}.
us C: My birthday is {birth-date:07/19/1975}.
us C: I was born on {birth-date:November 3rd, 1968}.
us C: DOB {birth-date:12-01-1990}
us A: Can you confirm the date of birth on file? // C: {birth-date:oh six twenty two eighty eight}.
us C: My social is {national-id:123-45-6789}.
us A: And the last four of your social? // C: {national-id:six seven eight nine}.
us C: social security number {national-id:two one nine, oh nine, nine nine nine nine}
us A: I'll need the full social security number. // C: {national-id:5 1 2 6 4 3 3 1 0}.
us C: the SSN is {national-id:078 05 1120}
us C: The routing number is {bank-account:021000021} and the account number is {bank-account:000123456789}.
us A: What's the checking account number? // C: {bank-account:four four one seven eight two nine oh three}.
us C: routing {bank-account:oh one one four oh one five three three}
us C: My PIN is {pin:4471}.
us A: Please enter or say your PIN. // C: {pin:nine oh two one}.
us C: the password is {password:bluebird77}.
us A: What's the security word on the account? // C: {password:Marigold}.
us A: What was the name of your first pet? // C: {password:Biscuit}.
us A: Your mother's maiden name? // C: {password:Castellano}.
us C: My passcode is {password:tango seven four}.
us C: card number {card-number:4111 1111 1111 1111}, expires {card-expiry:08/27}, and the code on the back is {card-security-code:319}.
us A: Card number please? // C: {card-number:five five five five five five five five five five five five four four four four}.
us C: It's an Amex, {card-number:3782 822463 10005}.
us A: And the three digits on the back? // C: {card-security-code:eight oh one}.
us A: expiration on the card? // C: {card-expiry:oh four twenty nine}.
us C: {card-number:four one double one}, {card-number:one one one one} // A: one moment // C: {card-number:double one double one} and {card-number:one one one one}
us C: {card-number:6011 1111 1111 1117} is the card I used.
us C: My order number is 1148820937 and it has not arrived.
us C: I was charged $142.50 on March 3rd and again on the 9th.
us A: Your confirmation number is 7 7 4 1 9 0 2 2.
us C: The tracking number says 1Z999AA10123456784.
us C: It cost about twelve hundred dollars, maybe thirteen.
us A: We are open Monday through Friday, eight to five thirty.
us C: I called at 10:45 and waited 35 minutes.
us C: The model number is WRF555SDFZ and it is five years old.
us A: Press one for billing, two for technical support, and three for sales.
us C: My last bill was 8,412 kilowatt hours.
us A: That will take seven to ten business days.
us C: I bought it in 2019 for four hundred and ninety nine dollars.
us C: The warranty runs until June 2027.
us A: Ticket 20417 has been escalated to tier two.
us C: I have been a customer since nineteen ninety eight.
us C: The flight is UA 1482 at 6:15 on the fourteenth.
us A: There are 24 units left, at $18.99 each.
us C: It's the 4K one, 55 inches, serial 8A77210KQ.
us C: I'm calling because my internet is down.
us C: This is ridiculous, I want a refund.
us C: This is Comcast's third mistake this month.
us A: I'm sorry to hear that, I understand how frustrating it is.
us A: My system shows invoice 900184 for $62.
us C: Twenty one pilots tickets, section 112, row 9.
us C: I'm at work right now, can you call later?
us C: They said it would be at my house at ten.
us A: Use promo code SAVE20 at checkout.
uk C: Hello, my name's {name:Oliver Bennett}, I'm calling about my policy.
uk A: Can I take your full name please? // C: {name:Siobhan Murphy}.
uk A: Who am I talking to today? // C: It's {name:Priya Raman}.
uk C: Surname is {name:B E N N E double T}.
uk C: I'm {name:Gareth Llewellyn}, the account holder.
uk A: Hi {name:Oliver}, thanks for holding.
uk A: Is that Mrs {name:Thornton}? // C: Speaking.
uk C: You can call me {name:Meera}.
uk A: First line of the address and the postcode? // C: {address:14 Acacia Road, LS6 2AB}.
uk C: It's {address:flat 3, 27 Marlborough Street, Bristol, BS1 3NW}.
uk C: The postcode is {address:S W one A one A A}.
uk C: my postcode is {address:M1 2AB}
uk A: And your postcode? // C: {address:N for November, W for whisky, three, two, P for Papa, Q for Quebec}.
uk C: I live at {address:number nine Church Lane, Chorley}.
uk C: We're at {address:The Old Rectory, Mill Lane, GU34 1HG}.
uk C: deliver to {address:103 High Street, Oxford OX1 4BW} please
uk C: My email's {email:o.bennett@example.co.uk}.
uk C: it's {email:siobhan dot m at btinternet dot com}
uk A: What's the best email? // C: {email:priya nineteen at hotmail dot co dot uk}.
uk C: {email:gareth.ll@example.wales} is my address.
uk C: My mobile is {phone:07700 900461}.
uk C: ring me on {phone:oh seven seven double oh nine hundred one two three}
uk A: Can I take a contact number? // C: {phone:020 7946 0321}.
uk C: You can get me on {phone:+44 161 496 0777}.
uk A: What's your telephone number? // C: {phone:oh one one seven four nine six oh two four one}.
uk C: My date of birth is {birth-date:the 14th of August 1979}.
uk A: Date of birth? // C: {birth-date:second of the ninth sixty one}.
uk C: {birth-date:23/11/1984} is my date of birth.
uk A: When were you born? // C: {birth-date:fifth of May nineteen fifty three}.
uk C: My National Insurance number is {national-id:JG 10 37 59 A}.
uk A: National insurance number please? // C: {national-id:A B one two three four five six C}.
uk C: NI number: {national-id:AB123456C}
uk C: My NHS number is {national-id:943 476 5919}.
uk A: Do you know your NHS number? // C: {national-id:four oh one oh two three two one three seven}.
uk C: sort code {bank-account:20-45-77}, account number {bank-account:83472910}
uk A: What's the sort code? // C: {bank-account:forty, forty seven, eighty four}.
uk A: And the account number? // C: {bank-account:one two double seven oh four nine three}.
uk C: It's the account ending {bank-account:4 2 1 7}.
uk C: the one for the current account ending in {bank-account:double oh eight three}, please
us A: What are the last four digits of your account number? // C: {bank-account:nine one one six}.
us A: Is that the checking account number ending in {bank-account:5520}? // C: Yes.
uk C: My savings account number is {bank-account:447 201}.
us C: My energy account number is 5520, on the bill.
us C: The account ends in 30 days.
uk C: IBAN is {bank-account:GB29 NWBK 6016 1331 9268 19}.
uk C: the sort code is {bank-account:twelve thirty four fifty six}
uk A: Could I have the first and third digits of your PIN? // C: {pin:four and seven}.
uk C: My pin number is {pin:double two one nine}.
uk C: The password's {password:greenfinch}.
uk A: And your memorable word? // C: {password:Snowdonia}.
uk A: What's the name of your first school? // C: {password:St Mary's}.
uk C: The long number is {card-number:4929 1234 5678 9014}.
uk A: Long number across the front? // C: {card-number:four five three nine one four eight eight oh three four three six four six seven}.
uk A: Last three digits on the signature strip? // C: {card-security-code:double four seven}.
uk A: And the expiry? // C: It's my Visa, {card-expiry:eleven twenty eight}.
uk C: My debit card ends, {card-number:five one oh five one oh five one oh five one oh five one double oh}, sorry, that's the whole number.
uk C: The card is valid until {card-expiry:05/29}.
uk C: My policy number is HOM 4471 9920.
uk C: I paid three hundred and twelve pounds sixty in April.
uk A: Your reference is 5501827, please keep it safe.
uk C: The parcel was due on the 4th, between two and four.
uk C: Booking reference Q7RT2M, for two adults.
uk A: Your excess is £250 and the premium is £38.20 a month.
uk C: The meter reading is 04471.
uk C: It's the 08:15 from Leeds to London.
uk C: My customer number is 30017742.
uk C: We've been waiting since half past nine.
uk A: The engineer will come on Thursday the 12th.
uk C: I want to speak to a manager, this is the third time.
uk A: It's three to five working days.
uk C: The car is a 2016 Ford Focus with 82,000 miles.
uk C: I owe two thousand and forty pounds on it.
uk A: For quality and training purposes calls are recorded.
uk C: I'm happy to wait.
uk C: I'm not sure which one it was.
uk C: The order came to 19.99 plus delivery.
uk A: That's case 88120 on our system.
uk C: Bus route 42 never came.
uk C: It's a King size bed, oak, five foot.
uk A: Our number is on the website.
uk C: It's in aisle 14, next to the milk.
uk C: four or five of them were broken
de C: Mein Name ist {name:Katrin Vogel}.
de C: Guten Tag, ich heiße {name:Jonas Becker}.
de C: My tax ID is {national-id:86095742719}.
de A: Ihre Steuer-ID bitte? // C: {national-id:65 929 970 489}.
de C: Die IBAN ist {bank-account:DE89 3704 0044 0532 0130 00}.
de C: Meine Telefonnummer ist {phone:+49 30 901820}.
de C: meine Handynummer ist {phone:null eins sieben eins zwei drei vier fünf sechs sieben acht}
de C: Ich wohne in der {address:Lindenstraße 12, 10969 Berlin}.
de C: Mein Geburtsdatum ist {birth-date:17.05.1980}.
de C: Meine E-Mail ist {email:katrin.vogel@example.de}.
de C: Die Kartennummer ist {card-number:4012 8888 8888 1881}.
de C: Das kostet 129 Euro im Monat.
de C: Meine Bestellnummer ist 4711 0815.
fr C: Je m'appelle {name:Camille Laurent}.
fr C: Mon numéro de sécurité sociale est {national-id:2 55 08 14 168 025 38}.
fr C: Mon IBAN est {bank-account:FR14 2004 1010 0505 0001 3M02 606}.
fr C: mon numéro de téléphone est le {phone:06 12 34 56 78}
fr C: J'habite au {address:18 rue de la République, 69002 Lyon}.
fr C: Ma date de naissance est le {birth-date:9 juin 1971}.
fr C: La commande numéro 330187 n'est pas arrivée.
fr C: C'est à quatorze heures trente.
es C: Me llamo {name:Lucía Fernández}.
es C: Mi DNI es {national-id:12345678Z}.
es C: Mi NIE es {national-id:X1234567L}.
es C: Mi teléfono es {phone:seis uno dos tres cuatro cinco seis siete ocho}.
es C: La cuenta es {bank-account:ES91 2100 0418 4502 0005 1332}.
es C: Vivo en la {address:calle Mayor 24, 28013 Madrid}.
es C: Mi fecha de nacimiento es {birth-date:12/04/1986}.
es C: El número de tarjeta es {card-number:cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno}.
es C: El pedido 88127 llegó roto.
es C: Son cuarenta y cinco euros con veinte.
it C: Il mio codice fiscale è {national-id:RSSMRA85T10A562S}.
it C: Mi chiamo {name:Giulia Moretti}.
it C: il mio codice fiscale: {national-id:RSSMRA80A01H501U}
it C: L'IBAN è {bank-account:IT60 X054 2811 1010 0000 0123 456}.
nl C: Mijn BSN is {national-id:123456782}.
nl C: my BSN is {national-id:111 222 333}
nl C: De rekening is {bank-account:NL91 ABNA 0417 1643 00}.
pl C: Mój PESEL to {national-id:44051401359}.
pl C: my PESEL is {national-id:zero two zero seven zero eight zero three six two eight}
in C: My name is {name:Arjun Mehta}.
in A: May I know your good name sir? // C: {name:Rahul Deshpande}.
in A: Am I speaking with {name:Kavita Iyer}? // C: Yes, tell me.
in C: My Aadhaar number is {national-id:2341 2341 2346}.
in A: Please tell me your Aadhaar. // C: {national-id:four nine nine one, one eight double six, five two four six}.
in C: aadhar card number {national-id:499118665246}
in C: My PAN is {national-id:BNZPM2501F}.
in A: PAN card number? // C: {national-id:A F Z P K seven one nine zero K}.
in C: pan number is {national-id:AAAPL1234C}
in C: my PIN code is {address:560034}
in C: Address is {address:14 MG Road, Bengaluru, Karnataka 560001}.
in A: Area PIN code please? // C: {address:four double zero zero five three}.
in C: I stay at {address:Flat 502, Sunrise Apartments, Linking Road, Mumbai 400050}.
in C: Mobile number is {phone:98765 43210}.
in A: Your registered mobile number? // C: {phone:nine eight double four zero one two three four five}.
in C: You can WhatsApp me on {phone:+91 90000 12345}.
in C: mera phone number {phone:nau aath saat chhe paanch chaar teen do ek shunya} hai
in C: My date of birth is {birth-date:2nd October 1991}.
in C: email id is {email:arjun dot mehta at rediffmail dot com}
in C: account number {bank-account:50100234567891} and IFSC {bank-account:HDFC0001234}
in C: My ATM pin is {pin:7788}.
in C: The OTP I got is {password:482913}.
in A: Please do not share the OTP with anyone.
in C: I recharged for 299 rupees on 12th July.
in C: My complaint number is SR 20260914 7721.
in C: I paid one lakh twenty thousand rupees.
in C: Train number 12951 was late by three hours.
in C: The amount debited is Rs. 4,999.
br C: Meu nome é {name:Beatriz Carvalho}.
br C: Meu CPF é {national-id:529.982.247-25}.
br A: Qual é o seu CPF? // C: {national-id:um um um quatro quatro quatro sete sete sete três cinco}.
br C: my CPF is {national-id:390 533 447 05}
br C: O CNPJ da empresa é {national-id:11.222.333/0001-81}.
br C: CNPJ {national-id:11444777000161}
br C: Meu CEP é {address:01310-100}.
br C: O CEP é {address:zero quatro cinco três oito um três três}.
br C: Moro na {address:Rua das Laranjeiras 210, Rio de Janeiro, 22240-003}.
br C: Meu telefone é {phone:(11) 98765-4321}.
br C: meu celular é {phone:+55 21 99876 5432}
br C: Minha data de nascimento é {birth-date:03/02/1994}.
br C: Meu e-mail é {email:bia.carvalho@example.com.br}.
br C: Minha senha é {password:girassol22}.
br C: O pedido 774120 não chegou.
br C: Paguei cento e vinte reais no boleto.
br C: O protocolo é 2026 0911 4477.
us C: my account number is {bank-account:three three oh one, no, sorry, three three oh two seven one four four}
us C: My social is {national-id:three one two} // A: {national-id:three one two} // C: {national-id:five five} // A: okay // C: {national-id:oh one nine eight}
uk C: mobile {phone:oh seven four double oh} // A: {phone:oh seven four double oh} // C: {phone:one two three} // A: yes // C: {phone:four five six}
us C: the phone number is {phone:nine one seven, five five five, no sorry, five five six, oh one two eight}
us C: My PIN, let me think, is {pin:three eight, no, three nine four one}.
uk C: My account's in the name of {name:Harriet Cole}.
us A: For verification, what's the answer to your security question? // C: {password:Chevrolet}.
us C: My driver called me four times about the delivery.
us C: Name your price, I said, and he wanted $400.
us C: My name isn't on the bill.
uk C: I don't have my PIN with me.
uk C: I forgot my password again.
us A: What is your card number? // C: I don't have the card here, sorry.
us A: Could you tell me your email? // C: I'd rather not.
us C: What was the address again?
us C: I changed my phone number last year.
uk A: Can I take your date of birth? // C: Why do you need that?
us C: the total was 4111.50 for sixteen items
us C: He said call back in twenty minutes, extension 204.
us A: Your new password must have at least eight characters.
us C: My account is past due by ninety days.
uk C: They gave me order number four four one two seven seven oh nine.
us A: I'll send it to the email on file.
uk C: I'm in the car, on the M25 near junction 10.
us C: I need size 10, or 10 and a half, in black.
us C: Route 66 and Main are both closed.
us C: The code on the error screen is E 4 0 2.
us C: I talked to two people at three different stores.
us A: Your new balance is one thousand two hundred thirty four dollars and fifty six cents.
us C: I signed up on 03/15/2022 and it renewed on 03/15/2023.
us A: Thanks for calling Granite Mutual, this is {name:Teresa}. How may I help?
us C: Yeah it's {name:Colin Abernathy}, I'm returning a call from billing.
us A: Who do I have the pleasure of speaking with? // C: {name:Yolanda Pierce}.
us A: Spell the first name? // C: Sure, {name:Y O L A N D A}.
us C: It goes to {address:3015 Juniper Court, Reno, Nevada 89509}.
us A: Verify the zip for me? // C: {address:three three one three nine}.
us C: Best email is {email:colin underscore a at proton dot me}.
us C: reach me on {phone:602.555.0173} after five
us A: What's a good number for you? // C: {phone:eight one eight five five five oh one nine nine}.
us A: Date of birth for the patient? // C: {birth-date:one twelve two thousand and four}.
us C: DOB is {birth-date:Feb 29, 1996}
us C: Social's {national-id:four five seven five five five four six two}.
us A: Last four of the social? // C: It's {national-id:4620}.
us C: Checking account, it's {bank-account:7730021945}, routing {bank-account:111000025}.
us C: The pin for the card is {pin:six six one four}.
us A: What's your favorite teacher's name? That's the security question. // C: {password:Mrs Okafor}.
us C: {card-number:5105 1051 0510 5100} exp {card-expiry:10/28} cvv {card-security-code:227}
us A: Go ahead with the number on the card. // C: {card-number:thirty seven fourteen four nine six three five three nine eight four three one}.
us C: My claim number is 04-4471-882.
us C: I ordered 3 on the 5th and 2 on the 11th.
us C: It was $89 a month for 24 months.
us A: The confirmation code is Bravo Kilo 7 7 2.
us C: This is not what I asked for.
us C: My name was misspelled on the envelope.
us A: Your appointment is at 2:30 on October 14th, 2026.
us C: The invoice says 55 120 41.
uk C: Morning, {name:Imogen Clarke} here, about a boiler repair.
uk A: Could I take your surname? // C: {name:O'Sullivan}.
uk C: It's for {name:Mr Adeyemi}, he's my father.
uk C: House is {address:6 Willow Close, Norwich, NR2 4RT}.
uk A: What's the postcode there? // C: {address:E for echo, H, six, seven, J, T}.
uk C: {email:imogen at clarke dash heating dot co dot uk}
uk A: And a mobile? // C: {phone:oh seven eight double five, four four one, two oh nine}.
uk C: My landline's {phone:01603 496 0158}.
uk A: Date of birth for security? // C: {birth-date:thirtieth of the first, seventy two}.
uk C: My NI number's {national-id:N P four four two one seven oh B}.
uk C: Account ending doesn't help, it's {bank-account:55779911}, sort code {bank-account:sixty eighty three seventy one}.
uk A: Second and fourth characters of your password? // C: {password:R and E}.
uk A: What's the long card number? // C: {card-number:4462 0000 0000 0003}.
uk C: My membership number is 6001 7732.
uk C: It's 14 degrees in here.
uk C: The reference on the letter is CD/2231/09.
uk A: You're number six in the queue.
uk C: We bought it at number one London for 30 quid.
de C: Ich bin {name:Markus Hoffmann}, guten Tag.
de C: meine Steueridentifikationsnummer lautet {national-id:47036892816}
fr C: Mon adresse, c'est {address:5 avenue Victor Hugo, 75116 Paris}.
es C: Mi número de DNI es {national-id:ocho siete seis cinco cuatro tres dos uno X}.
it C: Il numero di telefono è {phone:+39 06 698 12345}.
nl C: IBAN {bank-account:NL20 INGB 0001 2345 67}
in C: Aadhaar is {national-id:2 3 4 1 2 3 4 1 2 3 4 6}, please check.
in C: My good name is {name:Sunita Rao}, calling from Pune.
in A: Alternate mobile number? // C: {phone:seven zero two two, one one four, five six seven}.
in C: PAN {national-id:CKQPS4410D}
br C: Sou a {name:Fernanda Lima}.
br C: CPF: {national-id:111.444.777-35}
br C: CEP {address:30140-071}, número 55.
br C: a nota fiscal é 000.447.120
in C: My ticket is 4471 and the PNR is 6112240917.
us C: It's a 2-year contract at 5.9 percent.
`;

/** Utterances at the end of the list that the rules are not tuned on. */
export const heldOut = 60;

/** A marked stretch of one turn. */
export interface MarkedSpan {
  readonly turn: number;
  readonly type: string;
  /** Offsets into the turn's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** An exchange and what of it is personal data. */
export interface MarkedUtterance {
  readonly region: string;
  readonly turns: readonly { readonly by: "agent" | "customer"; readonly text: string }[];
  readonly spans: readonly MarkedSpan[];
}

/** All utterances in order: those at the end are the ones held out. */
export const utterances: readonly MarkedUtterance[] = lines
  .trim()
  .split("\n")
  .map((line) => {
    const region = line.slice(0, 2);
    const spans: MarkedSpan[] = [];
    const turns = line
      .slice(3)
      .split(" // ")
      .map((part, turn) => {
        let text = "";
        for (const piece of part.slice(3).split(/(\{[a-z-]+:[^}]*\})/u)) {
          const [, type, value] = /^\{([a-z-]+):([^}]*)\}$/u.exec(piece) ?? [];
          if (type !== undefined && value !== undefined)
            spans.push({ turn, type, start: text.length, end: text.length + value.length });
          text += value ?? piece;
        }
        return { by: part.startsWith("A:") ? ("agent" as const) : ("customer" as const), text };
      });
    return { region, turns, spans };
  });
