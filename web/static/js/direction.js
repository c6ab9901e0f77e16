// Which way text runs, for what scripts show: the twin of kb/language/direction.py, which explains it, and whose patterns
// these are word for word. tests/browser/test_direction.py holds both together. The widget carries a copy of this file.

const ARABIC = String.raw`\u0590-\u065f\u066d-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc`;
const LETTER = String.raw`A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u03ff\u0400-\u052f`;
const DIGIT = String.raw`0-9\u0660-\u0669\u06f0-\u06f9`;
const BARRED = String.raw`\s<>«»"“”،؛؟\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c`;
const LEAD = String.raw`(?:[-+−–±~≈≤≥#*$€£¥@/\\°]|[<>](?=[-${DIGIT}])|[(\[](?![A-Za-z]+://)|\.(?=[A-Za-z]))`;
const INNER = String.raw`[-.,:/\\+−–*#@_%&=~^'’?|°×$€£()\[\]{}<>\u066b\u066c]`;
const TRAIL = String.raw`(?:[+#*%°$€£¥)\]]{1,3}| [%$€£¥](?![^ ]))`;
const ATOM = `${LEAD}{0,3}[${LETTER}${DIGIT}]+(?:${INNER}{1,3}[${LETTER}${DIGIT}]+)*${TRAIL}?`;
const PART = String.raw`[^${BARRED}@(),:;'’]{1,64}@[^${BARRED}@(),:;'’.]{1,64}(?:\.[^${BARRED}@(),:;'’.!?]{1,64})+`;
const ADDRESS = String.raw`[A-Za-z][A-Za-z0-9+.-]{1,20}://[^${BARRED}]*[^${BARRED}.,:;!?()'’]|${PART}`;
const RUN = String.raw`${ADDRESS}|${ATOM}(?:[ \u00a0](?:[-−–+×*=<>≤≥±][ \u00a0](?!\+))?${ATOM})*`;
const PLAIN =
  String.raw`[${LETTER}](?:[^\u0660-\u0669\u06f0-\u06f9${ARABIC}]*[${LETTER}0-9])?` +
  String.raw`|[${DIGIT}]+(?:[.,:/\u066b\u066c][${DIGIT}]+)*`;
export const PATTERNS = { ADDRESS, ARABIC, DIGIT, LETTER, PLAIN, RUN };

const whole = (pattern) => new RegExp(`^(?:${pattern})$`, "u");
const anyOf = (characters) => new RegExp(`[${characters}]`, "u");
const isPlain = whole(PLAIN);
const isAddress = whole(ADDRESS);
const arabic = anyOf(ARABIC);
const arabicIndic = /[\u0660-\u0669]/u;
const letter = anyOf(LETTER);
const digit = anyOf(DIGIT);

// The direction of a text whose language is known.
export function directionOf(text, lang) {
  const hasArabic = arabic.test(text);
  const hasOther = letter.test(text);
  if (lang === "ar") return hasOther && !hasArabic ? "ltr" : "rtl";
  return hasArabic && !hasOther ? "rtl" : "ltr";
}

// The direction of what somebody typed: that of most of its words.
export function directionOfTyped(text, otherwise) {
  let inArabic = 0;
  let inOther = 0;
  for (const word of text.split(/\s+/u)) {
    if (arabic.test(word) && !isAddress.test(word)) inArabic += 1;
    else if (letter.test(word)) inOther += 1;
  }
  if (inArabic || inOther) return inArabic >= inOther ? "rtl" : "ltr";
  return digit.test(text) ? "ltr" : otherwise;
}

// Runs of a text: [text, the element that keeps it apart or ""]; together they are the text.
export function runsOf(text) {
  const runs = [];
  let shown = 0;
  for (const match of text.matchAll(new RegExp(RUN, "gu"))) {
    if (depthBefore(text, match.index) > 0) continue;
    const [start, end] = trimmed(text, match.index, match.index + match[0].length);
    const run = text.slice(start, end);
    if (isPlain.test(run) && !isAddress.test(run)) continue;
    if (start > shown) runs.push([text.slice(shown, start), ""]);
    runs.push([run, arabicIndic.test(run) && !arabic.test(run) ? "bdo" : "bdi"]);
    shown = end;
  }
  if (shown < text.length) runs.push([text.slice(shown), ""]);
  return runs;
}

// Nodes for text in parts {text, mark}: marked parts in <mark>, left-to-right runs isolated though marks cut through them.
export function isolated(parts) {
  const all = parts.map((part) => part.text).join("");
  const waiting = parts.filter((part) => part.text).map((part) => ({ ...part }));
  return runsOf(all).flatMap(([run, element]) => {
    const nodes = [];
    for (let missing = run.length; missing > 0; ) {
      const part = waiting[0];
      const text = part.text.slice(0, missing);
      part.text = part.text.slice(text.length);
      if (!part.text) waiting.shift();
      missing -= text.length;
      const inside = element === "bdi" ? arabicApart(text) : [text];
      nodes.push(...(part.mark ? [wrapped("mark", inside)] : inside));
    }
    return element ? [wrapped(element, nodes, "ltr")] : nodes;
  });
}

function trimmed(text, start, end) {
  if (start && arabic.test(text[start - 1])) while ("-−–/.<>~@\\".includes(text[start])) start += 1;
  for (;;) {
    const run = text.slice(start, end);
    const first = run[0];
    const last = run.at(-1);
    const closing = first === "(" ? run.indexOf(")") : first === "[" ? run.indexOf("]") : -2;
    const count = (sign) => run.split(sign).length;
    if (closing === -1 || closing === run.length - 1) {
      start += 1;
      end -= closing >= 0 ? 1 : 0;
    } else if ((last === ")" && count(")") > count("(")) || (last === "]" && count("]") > count("["))) end -= 1;
    else return [start, end];
  }
}

function depthBefore(text, end) {
  let depth = 0;
  for (const character of text.slice(0, end)) {
    if (/[\u2066-\u2068]/u.test(character)) depth += 1;
    else if (character === "\u2069" && depth) depth -= 1;
  }
  return depth;
}

// The Arabic pieces of an address keep their places.
function arabicApart(text) {
  const nodes = [];
  let shown = 0;
  for (const match of text.matchAll(new RegExp(`[${ARABIC}]+(?:[-_]?[${ARABIC}]+)*`, "gu"))) {
    nodes.push(text.slice(shown, match.index), wrapped("bdi", [match[0]], "rtl"));
    shown = match.index + match[0].length;
  }
  return [...nodes, text.slice(shown)].filter(Boolean);
}

function wrapped(tag, children, dir) {
  const made = document.createElement(tag);
  if (dir) made.dir = dir;
  made.append(...children);
  return made;
}

// Fields that prose is typed into take the direction of what is typed; empty ones that of the page.
export function followTyping(root) {
  root.addEventListener("input", (event) => event.target.matches("[data-typed]") && turnField(event.target));
  for (const field of root.querySelectorAll("[data-typed]")) turnField(field);
}

export function turnField(field) {
  const around = getComputedStyle(field.parentElement).direction;
  field.dir = field.value.trim() ? directionOfTyped(field.value, around) : around;
}
