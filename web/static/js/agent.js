// The agents' page without reloading: copying, reading, keys, and drafts that survive an ended session.
// Everything here is also done by the one form of the page.

import { belongsToInputMethod } from "./keys.js";

const page = document.querySelector(".agent");
const form = document.getElementById("agent-form");
let pressed = Promise.resolve();

keepDrafts();
if (page) improve();

function improve() {
  showCopyButtons(page);
  page.querySelector("[data-first]")?.focus();
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    const button = event.submitter;
    if (!button?.name) return;
    event.preventDefault();
    // What is sent is read now: the button may be gone, or the message changed, before its turn comes.
    const sent = new FormData(form, button);
    pressed = pressed.then(() => press(button, sent)); // one after the other, so that the last one stays
  });
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-from]");
    if (button) copy(document.getElementById(button.dataset.copyFrom));
  });
  page.addEventListener("keydown", onKey);
  form.addEventListener("input", showStaleness);
  showStaleness(); // a draft may have come back meanwhile
}

// Articles belong to the message they were found for: nobody shall hand one of them to the next customer.
function showStaleness() {
  const results = page.querySelector("[data-results]");
  if (!results) return;
  const { message, ticket } = form.elements;
  const stale = [message, ticket].some((field) => words(field.value) !== words(field.defaultValue));
  results.querySelector("[data-stale]").hidden = !stale;
  results.querySelector(".agent-hits").inert = stale;
}

function words(text) {
  return text.split(/\s+/).filter(Boolean).join(" ");
}

// Sends the form as the button would, and puts the answer into its place.
async function press(button, sent) {
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: sent,
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
    });
    if (response.type === "opaqueredirect") return say(page.dataset.signedOutLabel);
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = parsed.querySelector("[data-part]");
    if (!response.ok || !part) return say(page.dataset.failedLabel);
    place(part, button);
    if (button.dataset.says) say(button.dataset.says);
  } catch {
    say(page.dataset.failedLabel);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// The focus follows only those who still wait for it: who works with keys may have gone on meanwhile.
function place(part, button) {
  const holder = page.querySelector(`[data-place="${part.dataset.part}"]`);
  holder.replaceChildren(part);
  holder.parentElement.prepend(holder);
  showCopyButtons(part);
  const wanted = button.dataset.copy ?? (button.name === "reply" ? "text" : "");
  const field = wanted && part.querySelector(`[data-copied="${wanted}"]`);
  if (field) return copy(field);
  if (document.activeElement !== button && document.activeElement !== document.body) return;
  part.focus({ preventScroll: part.getBoundingClientRect().top >= 0 });
}

function showCopyButtons(part) {
  for (const button of part.querySelectorAll("[data-copy-from]")) button.hidden = false;
}

async function copy(field) {
  try {
    await writeToClipboard(field);
    say(page.dataset.copiedLabel);
  } catch {
    field.focus();
    field.select();
    say(page.dataset.notCopiedLabel);
  }
}

// HTML goes along as rich text, so that editors which understand it keep the link.
async function writeToClipboard(field) {
  const { html } = field.dataset;
  if (!html || !window.ClipboardItem) return navigator.clipboard.writeText(field.value);
  const parts = { "text/plain": field.value, "text/html": html };
  const blobs = Object.entries(parts).map(([type, text]) => [type, new Blob([text], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

function say(text) {
  const status = page.querySelector("[data-status]");
  status.textContent = "";
  status.textContent = text;
  status.classList.replace("visually-hidden", "agent-status");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => status.classList.replace("agent-status", "visually-hidden"), 4000);
}

// Letters count only while a result has the focus, so that no one types a command by accident.
const KEYS = { l: "[data-copy=link]", t: "[data-copy=text]", m: "[data-copy=markdown]", h: "[data-copy=html]" };

function onKey(event) {
  if (belongsToInputMethod(event)) return;
  const writing = event.target.closest("textarea, input, select");
  if (writing) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".button-primary"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return form.elements.message.focus();
  const hit = event.target.closest("[data-hit]");
  if (hit && act(hit, event.key.toLowerCase(), event.code)) event.preventDefault();
}

// The place of the key counts too, so that an Arabic keyboard works the same.
function act(hit, key, code) {
  const letter = /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
  const hits = [...page.querySelectorAll("[data-hit]")];
  const step = { j: 1, k: -1, arrowdown: 1, arrowup: -1 }[letter] ?? 0;
  if (step) {
    hits[hits.indexOf(hit) + step]?.querySelector("h3 button").focus();
    return true;
  }
  if (letter === "f") {
    keepAsFavourite(hit);
    return true;
  }
  const button = KEYS[letter] && hit.querySelector(KEYS[letter]);
  button?.click();
  return Boolean(button);
}

function keepAsFavourite(hit) {
  const title = hit.querySelector("h3 button");
  const button = Object.assign(document.createElement("button"), { name: "favourite", value: title.value });
  button.setAttribute("form", "agent-form");
  button.dataset.says = page.dataset.favouriteLabel;
  button.hidden = true;
  hit.append(button);
  button.click();
  button.remove();
}

// What is typed stays in this tab until it is sent, also when the session ends meanwhile.
function keepDrafts() {
  const kept = document.querySelector("[data-keeps-draft]");
  const sent = sessionStorage.getItem("draft-sent");
  if (sent && sent !== kept?.dataset.keepsDraft) forget(sent);
  sessionStorage.removeItem("draft-sent");
  for (const field of document.querySelectorAll("[data-draft]")) keep(field, field.dataset.draft);
  if (!kept) return;
  const name = kept.dataset.keepsDraft;
  for (const field of kept.querySelectorAll("input[type=text], textarea")) keep(field, `${name}-${field.name}`);
  kept.addEventListener("submit", () => sessionStorage.setItem("draft-sent", name));
  document.querySelector("[data-forgets-draft]").addEventListener("click", () => forget(name));
}

function keep(field, name) {
  const key = `draft:${name}`;
  const draft = sessionStorage.getItem(key);
  if (draft && field.value === field.defaultValue && (!field.value || name.startsWith("reply-"))) field.value = draft;
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
  if (!name.startsWith("reply-") && field.value) sessionStorage.setItem(key, field.value);
}

// The draft of a reply is forgotten once another page shows that it arrived.
function forget(name) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`draft:${name}-`)) sessionStorage.removeItem(key);
  }
}
