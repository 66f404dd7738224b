import type { Phrases } from "./redaction-reading.ts";

/*
 * Phrases that say what a value near them is, in the languages whose digits are read. A value is what the nearest of them
 * says; those of the last rows keep numbers of other kinds from being taken for personal data.
 */

/** Phrases about numbers and codes. */
export const numberPhrases: Phrases = [
  [
    "phone",
    /\b(?:(?:phone|telephone|mobile|cell|cellphone|landline|contact|callback|call back|whatsapp|alternate|registered mobile|fax)(?:'s| phone)? ?(?:number|no)?|(?:call|ring|reach|text|whatsapp|get) (?:you|me|us|him|her) (?:back )?(?:on|at)|call me back|(?:best|good) number|number (?:to reach|for) (?:you|me)|handynummer|handy|telefonnummer|telefon|rufnummer|telefone|celular|whats|teléfono|móvil|telefono|cellulare|(?:numéro de )?(?:téléphone|portable)|telefoonnummer)(?= |$)/gu,
  ],
  ["number", /\b(?:my|his|her|our) number(?:'s| is)\b/gu],
  [
    "ssn-last",
    /\blast (?:four|4)(?: digits)? (?:of|on) (?:the|your|my) (?:social security number|social security|social|ssn)\b/gu,
  ],
  ["ssn", /\b(?:social security(?: number)?|(?:my|your|the|full) social|social's|social (?:is|number)|ssn|s s n)\b/gu],
  ["nino", /\b(?:national insurance(?: number)?|ni number(?:'s)?|n i number(?:'s)?|nino)\b/gu],
  ["nhs", /\bnhs(?: number)?\b/gu],
  [
    "tax-id",
    /\b(?:steuer ?id|steueridentifikationsnummer|steuernummer|identifikationsnummer|tax (?:id|identification)(?: number)?)\b/gu,
  ],
  ["nir", /(?:numéro de )?sécurité sociale|\bnir\b/gu],
  ["dni", /\b(?:dni|nie|nif)\b/gu],
  ["codice-fiscale", /\bcodice fiscale\b/gu],
  ["bsn", /\b(?:bsn|burgerservicenummer)\b/gu],
  ["pesel", /\bpesel\b/gu],
  ["aadhaar", /\b(?:aadhaar|aadhar|adhaar|adhar|uidai)(?: card)?(?: number)?\b/gu],
  ["pan", /\bpan(?: card)?(?: number)?\b/gu],
  ["cpf", /\b(?:cpf|c p f)\b/gu],
  ["cnpj", /\bcnpj\b/gu],
  ["national-id", /\b(?:passport|national id(?:entity)?|identity card|reisepass|pasaporte|passaporte|passeport)(?: number)?\b/gu],
  ["sort-code", /\bsort ?codes?\b/gu],
  [
    "account-last",
    /\b(?:(?:bank |checking |savings |current )?account(?: number(?:'s)?| no)?(?: that| which)?(?: is)? (?:ending|ends|end)(?: in| with| on)?|(?:last|final) (?:three|four|five|six|few|3|4|5|6)(?: digits| numbers)? (?:of|on|from|for) (?:the|your|my|his|her|that) (?:bank |checking |savings |current )?account(?: number(?:'s)?| no)?)(?= |$)/gu,
  ],
  ["bank-account", /\b(?:bank|checking|savings|current) account (?:number(?:'s)?|no)(?= |$)/gu],
  [
    "account",
    /\b(?:(?:bank |checking |savings |current )?account (?:number(?:'s)?|no)|(?:checking|savings) account|kontonummer|(?:número de |la |mi )cuenta|(?:número da |minha )conta|numéro de compte|numero di conto|de rekening|rekeningnummer|roll number)(?= |$)/gu,
  ],
  ["routing", /\b(?:routing(?: and transit)?|aba)(?: number)?\b/gu],
  ["iban", /\biban\b/gu],
  ["ifsc", /\b(?:ifsc|swift|bic)(?: code)?\b/gu],
  ["pin", /\b(?:(?:atm |card |banking )?pin(?: number)?|pin's|(?:four|4) digit pin)\b/gu],
  ["one-time-code", /\b(?:otp|one time (?:password|passcode|code|pin)|verification code|passcode)\b/gu],
  [
    "postcode",
    /\b(?:area pin code|pin ?code|zip(?: code)?|zipcode|post ?code|postal code|cep|postleitzahl|plz|code postal|código postal|codice postale)(?= |$)/gu,
  ],
  [
    "birth-date",
    /\b(?:date of birth|d o b|dob|birth ?days?|birth ?date|(?:i was |you were |were you |was )?born(?: on)?|geburtsdatum|geboren|date de naissance|née? le|fecha de nacimiento|nací(?: el)?|data de nascimento|nasci(?: em)?|data di nascita|nat[oa] il|geboortedatum)(?= |$)/gu,
  ],
  ["email", /\be ?mails?(?: address| id)?\b/gu],
  [
    "card",
    /\b(?:(?:credit |debit |bank |payment |long |full )?card (?:number|details)|long number|visa|mastercard|amex|cvv2?|cvc2?|security code|(?:three|four|3|4) digits on the back|expir\w+|tarjeta|cartão|kartennummer)\b/gu,
  ],
  [
    "other",
    /\b(?:orders?|references?|ref|tracking|bookings?|tickets?|cases?|invoices?|serial|parcels?|shipments?|confirmation|policy|claim|transaction|membership|loyalty|licen[cs]e|meter|model|part number|customer number|complaint|pnr|train|flight|route|bus|extension|version|size|size|code on the|error|balance|amount|total|bill|paid|cost|charged|charge|premium|excess|price|units|section|row|seat|aisle|promo|barcode|imei|isbn|pedidos?|protocolo|boleto|nota fiscal|commande|facture|bestellnummer|rechnung(?:snummer)?|ordine|fattura|factura|queue)(?= |$)/gu,
  ],
];

/** Questions whose answer is a name, an address, or a secret. */
export const questionPhrases: Phrases = [
  [
    "ask-name",
    /\b(?:(?:your|the|account holder's|his|her) (?:good |full |first |last |middle |first and last |family )?(?:name|surname)|who am i (?:speaking|talking)(?: to| with)?|who do i have|whom? am i (?:speaking|talking)|who's (?:calling|speaking)|seu nome|ihren? (?:vollen )?namen?|su nombre|votre nom|il suo nome)\b/gu,
  ],
  ["ask-spelling", /\b(?:spell|spelled|spelt|spelling|buchstabieren)\b/gu],
  [
    "ask-address",
    /\b(?:(?:your|the|shipping|billing|delivery|home|mailing|current|new) (?:\w+ )?address|first line of|where do you live|where should (?:we|i) (?:send|ship|deliver))\b/gu,
  ],
  [
    "ask-secret",
    /\b(?:security (?:word|question|answer|phrase)|memorable (?:word|information|date|name)|mother's maiden name|maiden name|first pet|pet's name|first school|first car|favou?rite \w+|(?:characters?|letters?) (?:of|from|in) your (?:password|memorable word|passcode)|your (?:password|passcode|passphrase)|born in what city|city you were born)\b/gu,
  ],
];
