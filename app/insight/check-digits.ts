/*
 * Check digits of cards, accounts and national identity numbers. All take the number without spaces or signs: digits as
 * ASCII, letters in upper case. What has another length or form fails.
 */

/** Luhn's check digit (ISO/IEC 7812-1, annex B): whether ASCII digits pass it. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Lengths of IBANs by country (SWIFT's IBAN registry), for those of the SEPA area and some beyond. */
const ibanLengths: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AT: 20,
  BE: 16,
  BG: 22,
  BR: 29,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GI: 23,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SA: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  TR: 26,
  UA: 29,
  VA: 22,
};

/** An IBAN (ISO 13616): the country's length, and 1 modulo 97 with its first four characters behind and letters as 10 to 35. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/u.test(text) || ibanLengths[text.slice(0, 2)] !== text.length) return false;
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Sum of digits with weights. */
function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 48), 0);
}

/** A US routing number: 3, 7, 1 weights to a multiple of 10 (American Bankers Association). */
export function isUsRouting(digits: string): boolean {
  return (
    /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/u.test(digits) &&
    weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0
  );
}

/** The form of a US social security number: no area 000, 666 or 9xx, no group 00, no serial 0000 (SSA). */
export function isUsSsn(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/u.test(digits);
}

/** The form of a UK national insurance number (HMRC, NIM39110). */
export function isUkNino(text: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/u.test(text);
}

/** An NHS number: modulus 11 (NHS Data Dictionary). */
export function isUkNhs(digits: string): boolean {
  if (!/^\d{10}$/u.test(digits)) return false;
  const check = (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check !== 10 && check === Number(digits[9]);
}

/** A German tax identification number: ISO/IEC 7064, MOD 11,10; one digit of the first ten occurs twice or three times. */
export function isDeTaxId(digits: string): boolean {
  if (!/^[1-9]\d{10}$/u.test(digits)) return false;
  const different = new Set(digits.slice(0, 10)).size;
  if (different !== 9 && different !== 8) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/** A French NIR with its key: 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18. */
export function isFrNir(text: string): boolean {
  if (!/^[1-478]\d{4}(?:\d{2}|2[AB])\d{8}$/u.test(text)) return false;
  const number = text.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - Number(BigInt(number) % 97n) === Number(text.slice(13));
}

/** A Spanish DNI or NIE: its letter by the number modulo 23, X, Y and Z counting as 0, 1 and 2. */
export function isEsDni(text: string): boolean {
  if (!/^(?:\d{8}|[XYZ]\d{7})[A-Z]$/u.test(text)) return false;
  const number = Number(text.slice(0, -1).replace("X", "0").replace("Y", "1").replace("Z", "2"));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === text.at(-1);
}

const oddPlaces: readonly number[] = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/** An Italian codice fiscale of a person, with its check letter (D.M. 23 December 1976). */
export function isItCodiceFiscale(text: string): boolean {
  if (!/^[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/u.test(text)) return false;
  let sum = 0;
  for (const [at, character] of [...text.slice(0, 15)].entries()) {
    const value = /\d/u.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    sum += at % 2 === 0 ? (oddPlaces[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === text[15];
}

/** A Dutch burgerservicenummer: the "eleven test", its last digit counting once less. */
export function isNlBsn(digits: string): boolean {
  return /^\d{9}$/u.test(digits) && digits !== "000000000" && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** A Polish PESEL: weights 1, 3, 7, 9. */
export function isPlPesel(digits: string): boolean {
  return /^\d{11}$/u.test(digits) && (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(digits[10]);
}

/** The product of two elements of the dihedral group of order 10, 0 to 4 being turns and 5 to 9 reflections. */
function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5);
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
}

const verhoeffPermutation: readonly number[] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Verhoeff's check digit (J. Verhoeff, Error Detecting Decimal Codes, 1969). */
export function passesVerhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) {
    let digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    for (let turn = 0; turn < at % 8; turn++) digit = verhoeffPermutation[digit] ?? 0;
    check = dihedral(check, digit);
  }
  return digits.length > 0 && check === 0;
}

/** An Aadhaar number: twelve digits, none of them 0 or 1 at the start, Verhoeff's check digit (UIDAI). */
export function isInAadhaar(digits: string): boolean {
  return /^[2-9]\d{11}$/u.test(digits) && passesVerhoeff(digits);
}

/** The form of an Indian PAN: the fourth letter says whose it is. */
export function isInPan(text: string): boolean {
  return /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/u.test(text);
}

/** A check digit of CPF and CNPJ: 11 less the weighted sum modulo 11, from 10 on 0. */
function elevenCheck(digits: string, weights: readonly number[]): number {
  const rest = weighted(digits, weights) % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/** A Brazilian CPF: two check digits (Receita Federal). */
export function isBrCpf(digits: string): boolean {
  if (!/^\d{11}$/u.test(digits) || /^(\d)\1+$/u.test(digits)) return false;
  return (
    elevenCheck(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[9]) &&
    elevenCheck(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[10])
  );
}

/** A Brazilian CNPJ: two check digits (Receita Federal). */
export function isBrCnpj(digits: string): boolean {
  if (!/^\d{14}$/u.test(digits) || /^(\d)\1+$/u.test(digits)) return false;
  return (
    elevenCheck(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[12]) &&
    elevenCheck(digits, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[13])
  );
}
