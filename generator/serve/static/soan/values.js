// Values as a clerk types and reads them: dates day first, numbers with dots. What cannot be read
// here stays as it was typed: the server reads it, and says what is wrong in the usual words.

const ISO = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/;
const DAY = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const GROUPED = /^([-−]?)(\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?$/;
const MOST_DIGITS = 15; // that a double holds exactly

/** Dots between groups of three digits of the whole part. */
export function dotted(text) {
  const found = /^([-−]?)(\d*)(,\d*)?$/.exec(text.replace(/[.\s]/g, ""));
  if (!found || (!found[2] && !found[1])) return text;
  return found[1] + found[2].replace(/\B(?=(\d{3})+$)/g, ".") + (found[3] ?? "");
}

function numberText(value, grouped) {
  if (typeof value !== "number") return String(value);
  const text = String(value).replace(".", ",");
  return grouped === false ? text : dotted(text);
}

function dateText(value) {
  const found = ISO.exec(value);
  if (!found) return value;
  return [found[3], found[2], found[1]].filter(Boolean).join("/");
}

function readDate(text) {
  const digits = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  const found = digits ?? DAY.exec(text);
  if (!found) return text;
  const [day, month, year] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : text;
}

function readNumber(text, whole) {
  const found = GROUPED.exec(text.replace(/[\s\u00a0]/g, ""));
  if (!found) return text;
  const [, sign, groups, decimals = ""] = found;
  const digits = groups.replace(/\./g, "");
  // 12,50 keeps its last nought on paper, which a number would lose.
  const exact = digits.length + decimals.length <= MOST_DIGITS && !decimals.endsWith("0");
  if (!exact || (whole && decimals)) return text;
  return Number(`${sign ? "-" : ""}${digits}${decimals ? `.${decimals}` : ""}`);
}

const plainChoice = (text) => text.normalize("NFC").trim().toLowerCase();

const READERS = {
  date: readDate,
  "open-date": readDate,
  whole: (text) => readNumber(text, true),
  number: (text) => readNumber(text, false),
  // A number only where it is printed as it was typed: 1.200, and never the year 2026 as 2.026.
  any: (text) => (/^(0|[1-9]\d{0,2})(\.\d{3})*(,\d*[1-9])?$/.test(text) ? readNumber(text, false) : text),
  choice: (text, field) =>
    field.choices.find(({ value, label }) =>
      [String(value), label].some((each) => plainChoice(each) === plainChoice(text)))?.value ?? text,
  "yes-no": (text) => ({ có: true, không: false, true: true, false: false })[plainChoice(text)] ?? text,
};

/** What an emptied field holds: what is printed in its place where it has such, else null where that
 *  may be, else nothing at all. */
export const nothing = (field) => (field.empty && (field.default == null || field.required) ? null : undefined);

/** The value that a text means for a field. */
export function fromText(field, text) {
  const lines = field.kind === "lines" || field.kind === "long";
  const given = lines ? text.replace(/\s+$/, "") : text.trim();
  if (!given) return nothing(field);
  return READERS[field.kind]?.(given, field) ?? given;
}

/** What a value shows as in its box. */
export function toText(field, value) {
  if (value == null) return "";
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "Có" : "Không";
  if (field.kind === "whole" || field.kind === "number" || field.kind === "any") return numberText(value, field.grouped);
  if (field.kind === "date" || field.kind === "open-date") return dateText(String(value));
  return String(value);
}
