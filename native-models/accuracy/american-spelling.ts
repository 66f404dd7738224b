/*
 * British spellings in their American form. Whisper's normaliser has a list of 1,741 words for it; here they are families
 * of words with their endings, so that both sides of a comparison are spelt alike.
 */

const ourStems =
  "arbour ardour armour behaviour candour clamour colour demeanour discolour endeavour favour fervour flavour harbour honour " +
  "dishonour humour labour misbehaviour neighbour odour parlour rancour rigour rumour saviour savour splendour succour tumour " +
  "valour vapour vigour watercolour";
const reStems =
  "calibre centimetre centre fibre kilometre litre lustre meagre metre millilitre millimetre sabre sombre spectre theatre";
/** Verbs whose l is doubled before an ending. */
const doubledL =
  "apparel bevel cancel carol channel chisel counsel dial dishevel duel enamel equal fuel funnel gambol gavel grovel initial jewel " +
  "kernel label laurel level libel marshal marvel medal metal model panel parcel pedal pencil pummel quarrel ravel revel rival " +
  "shovel shrivel signal snivel spiral stencil swivel tinsel total towel travel trowel tunnel unravel yodel";
const aeWords: readonly (readonly [string, string])[] = [
  ["anaem", "anem"],
  ["anaesth", "anesth"],
  ["archaeolog", "archeolog"],
  ["caesar", "cesar"],
  ["diarrhoea", "diarrhea"],
  ["encyclopaed", "encycloped"],
  ["foet", "fet"],
  ["gynaecolog", "gynecolog"],
  ["haem", "hem"],
  ["homoeopath", "homeopath"],
  ["leukaem", "leukem"],
  ["mediaeval", "medieval"],
  ["oestrogen", "estrogen"],
  ["oesophag", "esophag"],
  ["orthopaed", "orthoped"],
  ["paediatr", "pediatr"],
  ["palaeo", "paleo"],
];
const single: Readonly<Record<string, string>> = {
  acknowledgement: "acknowledgment",
  ageing: "aging",
  aluminium: "aluminum",
  analogue: "analog",
  annexe: "annex",
  appal: "appall",
  artefact: "artifact",
  axe: "ax",
  cancelation: "cancellation",
  catalogue: "catalog",
  cheque: "check",
  chequebook: "checkbook",
  cosy: "cozy",
  defence: "defense",
  dialogue: "dialog",
  distil: "distill",
  draught: "draft",
  enrol: "enroll",
  enrolment: "enrollment",
  enthral: "enthrall",
  fulfil: "fulfill",
  fulfilment: "fulfillment",
  gaol: "jail",
  grey: "gray",
  instalment: "installment",
  instil: "instill",
  jewellery: "jewelry",
  judgement: "judgment",
  kerb: "curb",
  licence: "license",
  manoeuvre: "maneuver",
  marvellous: "marvelous",
  mould: "mold",
  mouldy: "moldy",
  moustache: "mustache",
  offence: "offense",
  plough: "plow",
  practise: "practice",
  pretence: "pretense",
  programme: "program",
  pyjamas: "pajamas",
  sceptic: "skeptic",
  sceptical: "skeptical",
  skilful: "skillful",
  storey: "story",
  sulphur: "sulfur",
  tyre: "tire",
  wilful: "willful",
  woollen: "woolen",
  yoghurt: "yogurt",
};
/** Words in -ise that are spelt so in America too, by how they end. */
const staysIse =
  /(?:^|.)(?:adv|advert|ar|compr|comprom|conc|dem|desp|dev|disgu|enterpr|exc|exerc|expert|franch|improv|inc|merchand|otherw|parad|prec|prem|prom|rev|superv|surpr|telev|treat|chast|appr|repr|val|gu|circumc|clockw|likew|sunr)is/u;
const isePattern = /^(?<stem>[a-z]{3,}[^aeou\W])is(?<end>e|ed|es|ing|er|ers|ation|ations|ational)$/u;
const yseEnding = /^(?<stem>anal|paral|catal|dial|electrol|hydrol|psychoanal|breathal)ys(?<end>e|ed|es|ing|er|ers)$/u;

const alternatives = (stems: string) => stems.split(" ").join("|");
const ourPattern = new RegExp(
  `^(?<stem>un|mis)?(?<word>${alternatives(ourStems)})(?<end>|s|ed|ing|er|ers|able|ably|ite|ites|ful|fully|less|hood|hoods|ly|al|y|ism|ist)$`,
  "u",
);
const rePattern = new RegExp(`^(?<word>${alternatives(reStems)})(?<end>|s|d)$`, "u");
const doubledPattern = new RegExp(`^(?<word>${alternatives(doubledL)})l(?<end>ed|ing|er|ers|or|ors|ings)$`, "u");

/** A word in lower case in its American spelling. */
export function americanSpelling(word: string): string {
  const known = single[word] ?? (word.endsWith("s") && single[word.slice(0, -1)] ? `${single[word.slice(0, -1)]}s` : undefined);
  if (known !== undefined) return known;
  const our = ourPattern.exec(word)?.groups;
  if (our !== undefined) return `${our["stem"] ?? ""}${our["word"]?.replace(/our$/u, "or")}${our["end"]}`;
  const re = rePattern.exec(word)?.groups;
  if (re !== undefined) return `${re["word"]?.replace(/re$/u, "er")}${re["end"] === "d" ? "ed" : re["end"]}`;
  const doubled = doubledPattern.exec(word)?.groups;
  if (doubled !== undefined) return `${doubled["word"]}${doubled["end"]}`;
  const yse = yseEnding.exec(word)?.groups;
  if (yse !== undefined) return `${yse["stem"]}yz${yse["end"]}`;
  const ise = isePattern.exec(word)?.groups;
  if (ise !== undefined && !staysIse.test(word)) return `${ise["stem"]}iz${ise["end"]}`;
  const ae = aeWords.find(([british]) => word.startsWith(british));
  return ae === undefined ? word : ae[1] + word.slice(ae[0].length);
}
