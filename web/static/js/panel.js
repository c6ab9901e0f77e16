// The agents' panel inside another help desk. Speaks with the page around it:
//   Chatwoot's dashboard apps  in: {"event": "appContext", "data": {conversation, contact}} as JSON text
//                              out: "chatwoot-dashboard-app:fetch-info"
//                              (it offers no way to write into the reply)
//   any other host             in: {type: "dalil:conversation", text, ticket, lang}, {type: "dalil:inserted"}
//                              out: {type: "dalil:ready"}, {type: "dalil:insert", text, html, markdown, url}
// and with our API by a bearer token. Nothing is taken from, or said to, an origin that the settings do not list.

import { directionOf, followTyping, isolated, turnField } from "./direction.js";

const TOKEN = "dalil-panel-token";
const INCOMING = 0;
const LAST_MESSAGES = 3;
const LONGEST_TEXT = 20000;
const INSERT_WAIT_MS = 1000;

const panel = document.getElementById("panel");
const texts = JSON.parse(panel.dataset.texts);
const origins = panel.dataset.origins.split(" ").filter(Boolean);
const part = (name) => panel.querySelector(`[data-${name}]`);
const box = panel.querySelector("#panel-text");

let host = null;
let ticket = null;
let told = ""; // by the host; what differs from it in the box, the agent wrote
let inserted = null;

addEventListener("message", (event) => {
  if (event.source !== window.parent || !isListed(event.origin)) return;
  const said = understood(event.data);
  if (!said) return;
  if (said.type === "dalil:inserted") return inserted?.();
  host = said.inserts ? event.origin : null;
  follow(said);
});
part("ask").addEventListener("submit", (event) => (event.preventDefault(), suggest()));
part("sign-in").addEventListener("submit", signIn);
part("sign-out").addEventListener("click", () => signOut());
showForms();
followTyping(document);
announce();

// Both say nothing but that we are here; which host it is, its answer tells.
function announce() {
  if (window.parent === window) return;
  window.parent.postMessage("chatwoot-dashboard-app:fetch-info", "*");
  window.parent.postMessage({ type: "dalil:ready" }, "*");
}

function isListed(origin) {
  return origins.some((listed) => {
    if (!listed.includes("://*.")) return origin === listed;
    const [scheme, parent] = listed.split("*");
    return origin.startsWith(scheme) && origin.endsWith(parent) && origin.length > scheme.length + parent.length;
  });
}

// Another conversation replaces everything; news of the same one leaves alone what the agent wrote.
function follow(said) {
  if (said.ticket === ticket && (said.text === told || box.value !== told)) return;
  if (said.ticket !== ticket) forgetAnswers();
  ticket = said.ticket;
  told = box.value = said.text;
  turnField(box);
  panel.dataset.customerLang = said.lang ?? "";
  suggest();
}

function understood(data) {
  const said = typeof data === "string" ? parsed(data) : data;
  if (said?.event === "appContext") return fromChatwoot(said.data ?? {});
  if (said?.type === "dalil:inserted") return said;
  if (said?.type !== "dalil:conversation" || typeof said.text !== "string") return null;
  return { text: whole(said.text.slice(0, LONGEST_TEXT)), ticket: ticketName(said.ticket), lang: said.lang, inserts: true };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fromChatwoot({ conversation }) {
  const messages = (conversation?.messages ?? []).filter((each) => each.message_type === INCOMING && each.content);
  const text = messages.slice(-LAST_MESSAGES).map((each) => each.content).join("\n\n");
  return { text: whole(text.slice(-LONGEST_TEXT)), ticket: ticketName(conversation?.id), inserts: false };
}

// Cutting may have halved a character that takes two places.
const whole = (text) => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");

const ticketName = (given) => String(given ?? "").replace(/[^A-Za-z0-9_#./:-]/g, "").slice(0, 40);

// Who we are

function token() {
  if (panel.dataset.mark) return panel.dataset.mark;
  try {
    return localStorage.getItem(TOKEN) ?? "";
  } catch {
    return "";
  }
}

function signIn(event) {
  event.preventDefault();
  const field = panel.querySelector("#panel-token");
  try {
    localStorage.setItem(TOKEN, field.value.trim());
  } catch {
    panel.dataset.mark = field.value.trim();
  }
  field.value = "";
  showForms();
  if (box.value) suggest();
}

function signOut(why) {
  panel.dataset.mark = "";
  try {
    localStorage.removeItem(TOKEN);
  } catch {
    // Nothing was kept.
  }
  forgetAnswers(why);
  showForms();
}

function showForms() {
  const known = Boolean(token());
  part("sign-in").hidden = known;
  part("ask").hidden = !known;
  part("sign-out").hidden = !known || Boolean(panel.dataset.mark);
}

// What we know

async function call(path, body) {
  const response = await fetch(`${panel.dataset.api}${path}`, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token()}` },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.json();
  if (response.status === 401 || response.status === 403) {
    const why = panel.dataset.mark ? texts.expired : texts.token;
    signOut(why);
    throw new Error(why);
  }
  throw new Error(response.status === 429 ? texts.slow : texts.failed);
}

let asked = 0;

async function suggest() {
  const text = box.value.trim();
  const turn = ++asked;
  if (!token()) return;
  if (!text) return forgetAnswers(texts.empty);
  say(texts.waiting);
  const body = { text, ticket: ticket ?? "", limit: 6 };
  if (/^(ar|en)([-_]|$)/i.test(panel.dataset.customerLang)) body.lang = panel.dataset.customerLang;
  try {
    const answer = await call("suggest", body);
    if (turn !== asked) return;
    part("hits").replaceChildren(...answer.articles.map((article) => hit(article, answer.lang)));
    part("searched").textContent = answer.searched.length ? `${texts.searched} ${answer.searched.join(" · ")}` : "";
    say(answer.articles.length === 0 ? texts.none : answer.no_answer ? texts.nearest : "");
  } catch (error) {
    if (turn === asked) say(error.message);
  }
}

function forgetAnswers(why = "") {
  asked += 1; // what is still on its way comes too late
  part("hits").replaceChildren();
  part("searched").textContent = "";
  part("fallback").hidden = true;
  say(why);
}

function hit(article, lang) {
  const item = element("li", "agent-hit");
  const internal = article.audience === "internal";
  item.classList.toggle("agent-hit-internal", internal);
  item.classList.toggle("agent-hit-known", Boolean(article.known));
  const title = spoken(element("h2", "panel-title"), article.title, article.lang);
  const passage = spoken(element("p", "agent-passage"), article.passage, article.lang);
  const marks = element("p", "agent-marks");
  if (internal) marks.append(element("span", "agent-internal", texts.internal));
  if (article.known) marks.append(element("span", "agent-known", texts[article.known]));
  item.append(title, marks, passage, ...(internal ? [] : [actions(article, lang)]));
  return item;
}

function spoken(made, text, lang) {
  Object.assign(made, { lang, dir: directionOf(text, lang) }).append(...isolated([{ text }]));
  return made;
}

function actions(article, lang) {
  const row = element("div", "agent-actions");
  const insert = element("button", "button button-primary", texts.insert);
  insert.setAttribute("aria-label", `${texts.insert} ${article.title}`);
  insert.addEventListener("click", () => hand(article, lang, insert));
  const read = element("a", "button button-quiet", texts.open);
  read.setAttribute("aria-label", `${texts.open} ${article.title} (${texts.new_tab})`);
  Object.assign(read, { href: article.url, target: "_blank", rel: "noopener" });
  row.append(insert, read);
  return row;
}

function element(tag, className, text) {
  const made = Object.assign(document.createElement(tag), { className });
  if (text) made.textContent = text;
  return made;
}

// What we hand over

async function hand(article, lang, button) {
  const conversation = ticket;
  for (const each of part("hits").querySelectorAll("button")) each.disabled = true;
  try {
    const { anchor, passage } = article;
    const sent = await call("links", { article: article.id, lang, ticket: conversation ?? "", anchor, passage });
    if (conversation === ticket) say(await handOver(sent)); // never into another conversation's reply
  } catch (error) {
    if (conversation === ticket) say(error.message);
  } finally {
    for (const each of part("hits").querySelectorAll("button")) each.disabled = false;
    if (document.activeElement === document.body) button.focus();
  }
}

// A host that inserts says so at once; for one that does not, the text is copied.
async function handOver({ text, html, markdown, url, lang }) {
  if (host) {
    const answered = new Promise((resolve) => (inserted = () => resolve(true)));
    const waited = new Promise((resolve) => setTimeout(resolve, INSERT_WAIT_MS, false));
    window.parent.postMessage({ type: "dalil:insert", text, html, markdown, url }, host);
    if (await Promise.race([answered, waited])) return texts.inserted;
  }
  const field = panel.querySelector("#panel-copy");
  part("fallback").hidden = false;
  field.value = text;
  field.dir = directionOf(text, lang);
  return (await copied(field)) ? texts.copied : texts.not_copied;
}

// Frames may seldom use the clipboard's new interface; the old command needs no permission.
async function copied(field) {
  field.select();
  if (document.execCommand("copy")) return true;
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return false;
  }
}

function say(text) {
  part("status").textContent = text;
}
