// Reads numbers as people write them; the twin of `courses/rules/number_text.py`, where the rules stand. `number_vectors.json` of the
// tests holds what both must say. A value is { top, bottom }: two BigInts in lowest terms, so that nothing is ever rounded.

const MAX_LENGTH = 30;
const MAX_EXPONENT = 30;
const DASHES = /[‐‑‒–—―−﹘﹣－]/g;
const RAISED = /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+/g;
const RAISED_MARKS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";
const LEVEL_MARKS = "0123456789-+";
const VULGAR = /[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]/g;
const FRACTION = /^([+-]?) ?(?:(\d+) )?(\d+) ?\/ ?(\d+)((?:[^\d.,/].*)?)$/s;
const DECIMAL = /^([+-]?) ?(\d[\d ,.]*|[.,]\d+)(?:[eE]([+-]?\d+)| ?[×xX*·] ?10 ?\^ ?([+-]?\d+))?((?:[^\d.,].*)?)$/s;

export class NumberUnreadable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const fail = (code) => {
  throw new NumberUnreadable(code);
};

/** Plain characters: one width, one minus sign, no invisible characters; raised digits follow a `^`. */
function clean(text) {
  let plain = text
    .replace(/\p{Cf}/gu, "")
    .replace(VULGAR, (mark) => ` ${mark.normalize("NFKC").replace("⁄", "/")}`)
    .replace(RAISED, (marks) => `^${[...marks].map((mark) => LEVEL_MARKS[RAISED_MARKS.indexOf(mark)]).join("")}`)
    .normalize("NFKC")
    .replace(DASHES, "-")
    .replace(/。/g, ".")
    .replace(/[⁄∕]/g, "/")
    .replace(/[ \t\n\r\f\v]+/g, " ")
    .replace(/^ | $/g, "");
  for (const prefix of ["负", "零下"]) if (plain.startsWith(prefix)) plain = `-${plain.slice(prefix.length)}`;
  return plain.startsWith("百分之") ? `${plain.slice(3)}%` : plain;
}

/** Digits with at most one decimal point. */
function plainDigits(body) {
  if (body.includes(" ")) {
    if (!/^\d{1,3}( \d{3})+([.,]\d*)?$/.test(body)) fail("not_a_number");
    return body.replace(/ /g, "").replace(",", ".");
  }
  if (/^[1-9]\d{0,2},\d{3}$/.test(body)) fail("comma_ambiguous");
  if (/^(\d{1,3}(,\d{3}){2,}|\d{1,3}(,\d{3})+\.\d*)$/.test(body)) return body.replace(/,/g, "");
  if (/^(\d{1,3}(\.\d{3}){2,}|\d{1,3}(\.\d{3})+,\d+)$/.test(body)) return body.replace(/\./g, "").replace(",", ".");
  if (/^(\d+[.]?|\d*[.,]\d+)$/.test(body)) return body.replace(",", ".");
  return fail("not_a_number");
}

function fractionOf(digits) {
  const [head, tail = ""] = digits.split(".");
  return [BigInt(`${head}${tail}` || "0"), 10n ** BigInt(tail.length)];
}

function reduced(top, bottom) {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b) [a, b] = [b, a % b];
  return a ? { top: top / a, bottom: bottom / a } : { top: 0n, bottom: 1n };
}

/** Make the reader for a table of units: `{ unit: [ways to write it] }`. */
export function numberReader(units) {
  const keys = new Map();
  for (const [unit, ways] of Object.entries(units)) for (const way of [unit, ...ways]) keys.set(way, unit);
  const unitText = (unit) => clean(unit).replace(/ /g, "").replace(/\^/g, "");

  function isSameUnit(written, asked) {
    const wanted = keys.get(asked) ?? asked;
    const ways = [wanted, ...(units[wanted] ?? [])];
    if (ways.includes(written)) return true;
    const lower = written.toLowerCase();
    const capital = written.slice(0, 1).toUpperCase() + lower.slice(1);
    if (keys.has(written) || ![lower, written.toUpperCase(), capital].includes(written)) return false;
    return ways.some((way) => way.toLowerCase() === lower);
  }

  function scale(written, asked) {
    if (!written || isSameUnit(unitText(written), unitText(asked))) return 1n;
    if (!asked && (written === "%" || written === "‰")) return written === "%" ? 100n : 1000n;
    if ("+-*/^=×xX(:~_".includes(written[0])) return fail("not_a_number");
    return fail(asked ? "other_unit" : "unit_unasked");
  }

  /** Read *text* as the answer to a question that asks for *unit*. Throws `NumberUnreadable`. */
  return function readNumber(text, unit = "") {
    const cleaned = clean([...text].slice(0, 5 * MAX_LENGTH).join(""));
    if ([...cleaned].length > MAX_LENGTH) fail("too_long");
    let found = FRACTION.exec(cleaned);
    let top;
    let bottom;
    let rest;
    if (found) {
      const [, , whole = "0", over, under] = found;
      if (BigInt(under) === 0n) fail("not_a_number");
      [top, bottom, rest] = [BigInt(whole) * BigInt(under) + BigInt(over), BigInt(under), found[5]];
    } else {
      found = DECIMAL.exec(cleaned) ?? fail("not_a_number");
      const exponent = Number(found[3] ?? found[4] ?? 0);
      if (Math.abs(exponent) > MAX_EXPONENT) fail("too_long");
      [top, bottom] = fractionOf(plainDigits(found[2].trim()));
      if (exponent > 0) top *= 10n ** BigInt(exponent);
      else bottom *= 10n ** BigInt(-exponent);
      rest = found[5];
    }
    if (found[1] === "-") top = -top;
    return reduced(top, bottom * scale(rest.replace(/^[ .]+|[ .]+$/g, ""), unit));
  };
}

/** The one form that is stored: "-0.2", "1200", and "1/3" where no decimal is exact. */
export function writeNumber({ top, bottom }) {
  let [rest, twos, fives] = [bottom, 0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  if (rest !== 1n) return `${top}/${bottom}`;
  const places = Math.max(twos, fives);
  const digits = String(((top < 0n ? -top : top) * 10n ** BigInt(places)) / bottom).padStart(places + 1, "0");
  const [head, tail] = places ? [digits.slice(0, -places), digits.slice(-places)] : [digits, ""];
  return (top < 0n ? "-" : "") + head + (tail ? `.${tail}` : "");
}
