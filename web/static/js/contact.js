// Offers answers while the contact form is filled in. The send button is never touched: whatever happens here, it sends.
// What is offered belongs to the text it was asked for: it goes with that text. It stands above the rest of the form, so
// nothing comes or goes there under a hand that is about to send, and the field that is written in stays where it is seen.

import { VisibleTime, sendBeacon } from "./dwell.js";

const PAUSE_MS = 600;
const SHORTEST = 3;

class ContactHelp {
  #form;
  #offers;
  #list;
  #send;
  #timer = 0;
  #request = null;
  #asked = null;
  #turn = 0;
  #reading = null;

  constructor(form) {
    this.#form = form;
    this.#offers = form.querySelector("[data-offers]");
    this.#list = form.querySelector("[data-offer-list]");
    this.#send = form.querySelector(".contact-send");
    form.querySelector("[data-without-script]")?.remove();
    for (const field of this.#typed()) field.addEventListener("input", () => this.#later());
    form.addEventListener("click", (event) => this.#press(event));
    this.#list?.addEventListener("focusout", (event) => !this.#list.contains(event.relatedTarget) && this.#later());
    for (const leaving of ["focusout", "pointerleave"]) this.#send.addEventListener(leaving, () => this.#later());
    this.#follow(form.querySelector(".answer"));
    if (this.#list?.childElementCount) this.#asked = this.#text();
    else if (this.#text().length >= SHORTEST) this.#later();
  }

  #typed() {
    return ["subject", "message"].map((name) => this.#form.elements.namedItem(name));
  }

  #text() {
    return this.#typed()
      .map((field) => field.value.trim())
      .join(" ")
      .trim();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const text = this.#text();
    if (text === this.#asked || this.#isInHand()) return;
    this.#asked = text;
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    const worth = text.length >= SHORTEST;
    const answer = worth && (await this.#fetch(this.#form.dataset.suggestions, {}, signal));
    if (signal.aborted || text !== this.#text()) return; // another question is already on its way, or waits for its turn
    if (this.#isInHand()) this.#asked = null; // asked again afterwards
    else this.#inPlace(() => this.#list?.replaceChildren(...(answer ? answer.body.childNodes : [])));
    if (worth && !answer) this.#asked = null; // the same words may find something when the network is back
  }

  // Who chooses among the offers, or is about to send, is not disturbed.
  #isInHand() {
    return this.#list?.contains(document.activeElement) || this.#send.matches(":hover, :focus-within");
  }

  #inPlace(change) {
    const field = document.activeElement;
    const top = field.getBoundingClientRect().top;
    change();
    if (!this.#form.contains(field)) return;
    scrollBy({ top: field.getBoundingClientRect().top - top, behavior: "instant" });
  }

  async #press(event) {
    const button = event.target.closest("button[name=open], button[name=still]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "still") this.#stillNeeded(button);
    else await this.#open(button);
  }

  async #open(button) {
    const turn = ++this.#turn;
    const answer = await this.#fetch(this.#form.dataset.answer, { open: button.value });
    const section = answer?.querySelector(".answer");
    if (!section || turn !== this.#turn) return;
    this.#close();
    this.#offers.prepend(section);
    this.#follow(section);
    // Only those who still wait for it: who writes on keeps the place.
    if (document.activeElement !== button && document.activeElement !== document.body) return;
    section.focus();
    section.scrollIntoView({ block: "nearest" });
  }

  #stillNeeded(button) {
    this.#fetch(this.#form.dataset.answer, { still: button.value });
    this.#close();
    this.#form.querySelector(".contact-send .button-primary").focus();
  }

  #close() {
    this.#turn += 1; // what is still on its way comes too late
    this.#reading?.end();
    this.#reading = null;
    this.#offers.querySelector(".answer")?.remove();
  }

  #follow(section) {
    if (!section) return;
    const token = this.#form.elements.namedItem("token").value;
    const { choice } = section.dataset;
    const address = this.#form.dataset.reading;
    this.#reading = new VisibleTime((dwell) =>
      navigator.sendBeacon(address, new URLSearchParams({ token, choice, dwell_s: dwell })),
    );
  }

  async #fetch(address, extra, signal) {
    const sent = new URLSearchParams({ ...extra });
    for (const name of ["token", "subject", "message"]) sent.set(name, this.#form.elements.namedItem(name).value);
    try {
      const response = await fetch(address, { method: "POST", body: sent, signal });
      if (!response.ok || response.status === 204) return null;
      return new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return null; // answers are a comfort: without network the form is all that is needed
    }
  }
}

function reportChannels(form) {
  for (const link of document.querySelectorAll("[data-channel]")) {
    link.addEventListener("click", () =>
      sendBeacon(form.dataset.events, { kind: "channel", channel: link.dataset.channel, lang: form.dataset.lang }),
    );
  }
}

// While nothing is typed there is nothing to keep: the other language has a page of its own.
function switchEmptyForms(form) {
  const button = document.querySelector("button[name=switch]");
  button.addEventListener("click", (event) => {
    if ([...form.querySelectorAll("input[type=text], textarea")].some((field) => field.value.trim())) return;
    event.preventDefault();
    location.assign(button.formAction);
  });
}

const form = document.querySelector("[data-contact]");
new ContactHelp(form);
reportChannels(form);
switchEmptyForms(form);
