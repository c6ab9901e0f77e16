// The help widget for any website: <script src="https://help.example/widget.js" async></script>
// Lives in a shadow tree of its own that the page's styles cannot reach, sets no cookie, needs no library and no inline
// style. What is typed stays in the tab (sessionStorage) until it is sent. The server puts direction.js in here.
(() => {
  /* direction.js */

  const script = document.currentScript;
  const base = new URL(".", script.src);
  // Language tags: AR-SA, ar_EG, and the tags of spoken Arabic (arz: Egyptian).
  const ARABIC_TAG = /^a(r|rb|rz|ry|rs|pc|jp|cm|fb|cw|eb)([-_.]|$)/i;
  const tag = script.dataset.lang || script.closest("[lang]")?.lang || navigator.language;
  const lang = ARABIC_TAG.test(tag.trim()) ? "ar" : "en";
  const STORED = "dalil-visitor";
  const TYPED = "dalil-typed";
  const CSS = `
:host{all:initial!important;position:absolute!important;direction:ltr!important;unicode-bidi:isolate!important}
*{box-sizing:border-box;min-inline-size:0}
[hidden]{display:none!important}
.root{--dalil-brand:#0b6355;--dalil-on:#fff;--dalil-paper:#fff;--dalil-soft:#e2f0ec;--dalil-ink:#15211f;--dalil-faint:#52605c;--dalil-line:#8a8d84;--dalil-bad:#a9261d}
.root{color-scheme:light dark;text-align:start;font:400 16px/1.6 system-ui,"Segoe UI",Tahoma,sans-serif;color:var(--dalil-ink)}
.root:lang(ar){line-height:1.8}
button,input,textarea{font:inherit;color:inherit}
button{cursor:pointer}
:focus-visible{outline:3px solid #d98f24;outline-offset:2px}
.dock{position:fixed;inset:auto;inset-block-end:20px;inset-inline-end:20px;z-index:2147483000;margin:0;padding:0;border:0;background:none;overflow:visible}
.launch{min-block-size:48px;padding:8px 22px;border:0;border-radius:99px;background:var(--dalil-brand);color:var(--dalil-on);font-weight:600;box-shadow:0 4px 16px rgb(0 0 0/30%)}
dialog{position:fixed;inset:auto;inset-block-end:20px;inset-inline-end:20px;inline-size:min(400px,calc(100vw - 16px));block-size:min(640px,calc(100dvh - 40px));margin:0;padding:0;border:1px solid var(--dalil-line);border-radius:16px;background:var(--dalil-paper);color:inherit;box-shadow:0 12px 48px rgb(0 0 0/35%);overflow:hidden}
dialog::backdrop{background:rgb(0 0 0/25%)}
.frame{display:flex;flex-direction:column;block-size:100%}
header{display:flex;gap:8px;align-items:center;padding:10px 14px;background:var(--dalil-brand);color:var(--dalil-on)}
h2{flex:1;margin:0;font-size:17px;overflow-wrap:anywhere}
h3{margin:0 0 8px;font-size:18px;line-height:1.4}
header button{min-inline-size:44px;min-block-size:44px;border:0;border-radius:8px;background:none;color:inherit}
.view{flex:1;padding:16px;overflow-y:auto;overflow-wrap:anywhere}
form,.stack{display:grid;gap:12px}
.row{display:flex;gap:8px;flex-wrap:wrap}
label{display:grid;gap:4px;font-size:14px;font-weight:600}
label.choice{grid-template-columns:auto 1fr;align-items:center;gap:8px;font-weight:400;min-block-size:32px}
input:not([type=radio]),textarea{inline-size:100%;min-block-size:44px;padding:8px 12px;border:1px solid var(--dalil-line);border-radius:10px;background:transparent;font-weight:400;font-size:16px}
input[type=search]{flex:1;inline-size:auto;min-inline-size:0}
.plain{min-block-size:44px;padding:6px 16px;border:1px solid var(--dalil-line);border-radius:10px;background:transparent}
.main{border-color:transparent;background:var(--dalil-brand);color:var(--dalil-on);font-weight:600}
ul.results{display:grid;gap:8px;margin:12px 0;padding:0;list-style:none}
.result{display:block;inline-size:100%;padding:10px 12px;border:1px solid var(--dalil-line);border-radius:10px;background:transparent;text-align:start}
.result:hover{background:var(--dalil-soft)}
.result :is(b,p){display:block;margin:0}
.result b{color:var(--dalil-brand)}
.result p{color:var(--dalil-faint);font-size:14px}
.result .badge{display:inline-block;margin-block-start:6px;padding:0 8px;border:1px solid var(--dalil-line);border-radius:99px;color:var(--dalil-faint);font-size:13px}
.link{padding:0;border:0;background:none;color:var(--dalil-brand);text-decoration:underline;text-align:start}
mark{background:none;color:inherit;font-weight:700}
.note{color:var(--dalil-faint);font-size:14px;margin:8px 0}
.note:empty{margin:0}
.person{border:1px solid var(--dalil-line);border-radius:8px;padding:12px;margin:8px 0}
.person p{margin:0 0 8px}
.bad{color:var(--dalil-bad);font-size:14px}
.whole{white-space:nowrap}
.path{display:inline-block;max-inline-size:100%}
.body img{max-inline-size:100%;block-size:auto}
.body pre{white-space:pre-wrap}
.body table{display:block;overflow-x:auto;overflow-wrap:break-word}
.body table{border-collapse:collapse}
.body :is(td,th){padding:4px 8px;border:1px solid var(--dalil-line);text-align:start}
a{color:var(--dalil-brand)}
.vote{margin-block-start:16px;padding-block-start:12px;border-block-start:1px solid var(--dalil-line)}
fieldset{margin:0;padding:0;border:0}
legend{padding:0;font-weight:600}
.say{padding-inline:16px}
.foot{padding:10px 16px;border-block-start:1px solid var(--dalil-line)}
.foot button{inline-size:100%}
@media (prefers-color-scheme:dark){.root{--dalil-brand:#63cbb5;--dalil-on:#05201b;--dalil-paper:#151f1d;--dalil-soft:#14302b;--dalil-ink:#e8eeec;--dalil-faint:#a9b6b2;--dalil-line:#6a7a75;--dalil-bad:#ff9d92}}
@media (max-width:480px){dialog{inset-block-end:0;inset-inline-end:0;inline-size:100vw;max-inline-size:100vw;block-size:100dvh;max-block-size:100dvh;border:0;border-radius:0}}`;

  let start, root, dialog, view, status, heading, backButton, footer;
  let typed = "", results = null, reading = null, backTo = null, turn = 0;

  // Elements: el("p", {class: "note"}, "text", child…); what is not an attribute of HTML is set as a property.
  function el(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  }

  const text = (name) => start.texts[name];
  const direction = (language) => (language === "ar" ? "rtl" : "ltr");

  function visitor(value) {
    try {
      if (value) sessionStorage.setItem(STORED, value);
      return sessionStorage.getItem(STORED) || "";
    } catch {
      return value || "";
    }
  }

  async function call(path, { query, body, key } = {}) {
    const address = new URL(`api/v1/${path}`, base);
    for (const [name, value] of Object.entries(query || {})) if (value) address.searchParams.set(name, value);
    const headers = { "X-Dalil-Visitor": visitor(start && start.visitor) };
    if (body) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const method = body ? "POST" : "GET";
    const response = await fetch(address, { method, headers, credentials: "omit", keepalive: Boolean(body), body: body && JSON.stringify(body) });
    const given = response.status === 204 ? null : await response.json();
    if (!response.ok) throw Object.assign(new Error(response.status), { status: response.status, given });
    return given;
  }

  // The token of a form ends after a while; a page that stood open longer gets another.
  async function callWithToken(path, body) {
    try {
      return await call(path, { body: body() });
    } catch (error) {
      if (error.status !== 403) throw error;
      start.form_token = (await call("widget", { query: { lang } })).form_token;
      return call(path, { body: body() });
    }
  }

  // What is typed stays in this tab until it is sent.
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem(TYPED)) || {};
  } catch {
    // Nothing can be kept here beyond this page.
  }

  function keep() {
    try {
      sessionStorage.setItem(TYPED, JSON.stringify(kept));
    } catch {
      // Likewise.
    }
  }

  function remembered(field, name) {
    if (kept[name] != null) field.value = kept[name];
    field.addEventListener("input", () => {
      kept[name] = field.value;
      keep();
    });
    return field;
  }

  function forget(...names) {
    for (const name of names) delete kept[name];
    keep();
  }

  const tell = (body, query) => call("widget/events", { body: { lang, ...body }, query }).catch(() => {});
  const trouble = (error) => text(error.status === 429 ? "slow" : "failed");

  function say(words) {
    status.textContent = words;
  }

  // Puts a view into the dialog and the focus onto its first element that asks for it.
  function show(title, back, ...children) {
    turn += 1; // what is still on its way comes too late
    stopReading();
    heading.textContent = title;
    backTo = back;
    backButton.hidden = !back;
    footer.hidden = !start.contact || title === text("contact");
    view.replaceChildren(...children);
    view.querySelectorAll("[data-typed]").forEach(turnField);
    view.scrollTop = 0;
    say("");
    (view.querySelector("[data-focus]") || heading).focus();
  }

  // Search

  function showSearch() {
    const input = el("input", { type: "search", "data-focus": true, "aria-label": text("search"), placeholder: text("placeholder"), maxlength: 300, "data-typed": true, autocomplete: "off", enterkeyhint: "search", value: typed });
    const list = el("div", { class: "list" });
    let timer;
    const run = () => {
      clearTimeout(timer);
      typed = input.value.trim();
      if (typed) search(typed, list);
    };
    // Results belong to the question they answer: they go with it, and late ones are not shown to another.
    input.addEventListener("input", () => {
      clearTimeout(timer);
      if (input.value.trim() === typed) return;
      typed = input.value.trim();
      if (typed.length > 2) return void (timer = setTimeout(run, 400));
      results = null;
      list.replaceChildren();
      say("");
    });
    const form = el("form", { role: "search", onsubmit: (event) => (event.preventDefault(), run()) }, el("div", { class: "row" }, input, el("button", { class: "plain main" }, text("go"))));
    show(text("title"), null, form, list);
    if (results && results.question === typed) list.replaceChildren(...resultList(results.found, typed, list));
    else if (typed) run();
  }

  async function search(question, list, literal) {
    say(text("searching"));
    try {
      const found = await call("search", { query: { q: question, lang, limit: 6, literal } });
      if (question !== typed) return;
      results = { question, found };
      if (!list.isConnected) return;
      list.replaceChildren(...resultList(found, question, list));
      if (["person", "complaint"].includes(found.intent) && start.contact) return say(text("person"));
      say(found.results.length ? text("found").replace("{count}", found.results.length) : text("none"));
    } catch (error) {
      if (question !== typed || !list.isConnected) return;
      // Pictures and signs alone are nobody's fault: there are just no articles about them.
      if (error.status === 400) return void (list.replaceChildren(...resultList({ results: [] })), say(text("none")));
      list.replaceChildren(el("p", { class: "bad" }, trouble(error)));
      say(trouble(error));
    }
  }

  function resultList(found, question, list) {
    const person = ["person", "complaint"].includes(found.intent) && start.contact;
    const articles = articleList(found, question, list);
    if (!person) return articles;
    const card = el("div", { class: "person" }, el("p", {}, text("person")), el("button", { class: "plain main", type: "button", onclick: showContact }, text("contact")));
    return found.results.length && !found.no_answer ? [card, ...articles] : [card];
  }

  function articleList(found, question, list) {
    if (!found.results.length) return [el("p", { class: "note" }, text("none"))];
    const exactly = () => el("button", { class: "link", type: "button", onclick: () => search(question, list, true) }, ...about("exactly", question));
    const rewritten = found.rewritten_query ? [el("p", { class: "note rewritten" }, ...about("rewritten", found.rewritten_query), " ", exactly())] : [];
    const items = found.results.map((result, place) => el("li", {}, resultButton(result, result.title, result.snippet, () => openArticle(result, showSearch, { s: found.search_id, r: place + 1 }))));
    const nearest = found.no_answer ? [el("p", { class: "note" }, text("nearest"))] : [];
    return [...rewritten, ...nearest, el("ul", { class: "results" }, ...items)];
  }

  // A text about something typed, which stands in the marks of this language.
  function about(name, question) {
    const [before, after] = text(name).split("{query}");
    const apart = el("bdi", { dir: directionOfTyped(question, direction(lang)) }, ...isolated([{ text: question }]));
    return lang === "ar" ? [`${before}«`, apart, `»${after}`] : [`${before}“`, apart, `”${after}`];
  }

  function resultButton(result, title, snippet, open) {
    const other = result.lang !== lang ? el("span", { class: "badge" }, text(`other_${result.lang}`)) : null;
    return el("button", { class: "result", onclick: open }, spoken("b", [{ text: title }], result.lang), spoken("p", snippet, result.lang), other);
  }

  // Text of a known language, in its own direction.
  function spoken(tag, parts, language, attributes = {}) {
    const whole = parts.map((part) => part.text).join("");
    return el(tag, { lang: language, dir: directionOf(whole, language), ...attributes }, ...isolated(parts));
  }

  // Article

  async function openArticle(result, back, from, choice) {
    const mine = ++turn;
    say(text("searching"));
    let article;
    try {
      article = await call(`articles/${encodeURIComponent(result.id)}`, { query: { lang: result.lang } });
    } catch (error) {
      return mine === turn && say(trouble(error));
    }
    if (mine !== turn) return;
    const title = spoken("h3", [{ text: article.title }], article.lang, { tabindex: -1, "data-focus": true });
    const body = el("div", { class: "body", lang: article.lang, dir: direction(article.lang) }, ...bodyOf(article));
    const whole = el("p", { class: "note" }, el("a", { href: article.url, target: "_blank", rel: "noopener", "aria-label": `${text("whole")} (${text("new_tab")})` }, text("whole")));
    show(text("title"), back, title, body, whole, votePanel(article, from));
    reading = { article, since: performance.now(), token: choice && start.form_token };
    if (choice) callWithToken("widget/opened", () => ({ lang, form_token: start.form_token, choice })).catch(() => {});
    else tell({ kind: "viewed", article: article.id, lang: article.lang }, from);
  }

  // The server has sanitised the HTML; addresses are made whole, and what the page's policy forbids is left out.
  function bodyOf(article) {
    const parsed = new DOMParser().parseFromString(article.html, "text/html");
    for (const each of parsed.querySelectorAll("[style]")) each.removeAttribute("style");
    for (const link of parsed.querySelectorAll("a[href]")) {
      link.href = new URL(link.getAttribute("href"), article.url);
      link.target = "_blank";
      link.rel = "noopener";
    }
    for (const image of parsed.querySelectorAll("img[src]")) image.src = new URL(image.getAttribute("src"), article.url);
    return [...parsed.body.childNodes];
  }

  function stopReading() {
    if (!reading) return;
    const { article, since, token } = reading;
    reading = null;
    tell({ kind: "read", article: article.id, lang: article.lang, dwell_s: Math.min(86400, Math.round((performance.now() - since) / 100) / 10), form_token: token || "" });
  }

  function votePanel(article, from) {
    const panel = el("section", { class: "vote stack", tabindex: -1, "aria-label": text("question") });
    const vote = async (verdict, more, next) => {
      try {
        await call("widget/votes", { body: { article: article.id, lang: article.lang, verdict, ...more }, query: { s: from && from.s }, key: newKey() });
        const waits = !panel.getRootNode().activeElement || panel.contains(panel.getRootNode().activeElement);
        panel.replaceChildren(...next());
        panel.querySelectorAll("[data-typed]").forEach(turnField);
        if (waits) panel.focus();
      } catch (error) {
        say(trouble(error));
      }
    };
    const thanks = () => [el("p", { role: "status" }, text("thanks"))];
    const reasons = () => [reasonForm(article, (more) => vote("unhelpful", more, () => (forget(`comment ${article.lang} ${article.id}`), thanks())))];
    const button = (verdict, words, next) => el("button", { class: "plain", onclick: () => vote(verdict, {}, next) }, words);
    panel.append(el("b", {}, text("question")), el("div", { class: "row" }, button("helpful", text("yes"), thanks), button("unhelpful", text("no"), reasons)));
    return panel;
  }

  function reasonForm(article, send) {
    const options = Object.entries(start.reasons).map(([value, words]) => el("label", { class: "choice" }, el("input", { type: "radio", name: "reason", value, required: true }), words));
    const comment = remembered(el("textarea", { name: "comment", rows: 2, maxlength: 2000, "data-typed": true }), `comment ${article.lang} ${article.id}`);
    const submit = (event) => {
      event.preventDefault();
      const given = new FormData(event.target);
      send({ reason: given.get("reason"), comment: given.get("comment") });
    };
    return el("form", { onsubmit: submit }, el("fieldset", {}, el("legend", {}, text("sorry")), ...options), el("label", {}, text("comment"), comment), el("button", { class: "plain main" }, text("send")));
  }

  // Contact

  function showContact() {
    callWithToken("widget/events", () => ({ lang, kind: "contact", form_token: start.form_token })).catch(() => {});
    const field = (name, attributes, tag = "input") => {
      return el("label", {}, text(name), remembered(el(tag, { name, "data-typed": !attributes.dir, ...attributes }), name));
    };
    const offers = el("div", { "aria-live": "polite" });
    const fault = el("p", { class: "bad", role: "alert" });
    const form = el(
      "form",
      { onsubmit: (event) => (event.preventDefault(), send(form, fault)) },
      field("subject", { required: true, maxlength: 200, "data-focus": true, value: typed }),
      field("message", { required: true, maxlength: 5000, rows: 5 }, "textarea"),
      offers,
      field("email", { type: "text", inputmode: "email", required: true, maxlength: 254, autocomplete: "email", dir: "ltr" }),
      field("name", { maxlength: 100, autocomplete: "name" }),
      fault,
      el("button", { class: "plain main" }, text("send")),
    );
    let timer;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => offer(form, offers), 900);
    };
    form.addEventListener("input", later);
    offers.addEventListener("focusout", (event) => offers.contains(event.relatedTarget) || later()); // what waited meanwhile
    show(text("contact"), showSearch, form);
    contactForm = form;
  }

  let contactForm;
  const message = (form) => ({ lang, form_token: start.form_token, ...Object.fromEntries(new FormData(form)) });

  async function offer(form, place) {
    const asked = message(form);
    const { articles } = await callWithToken("widget/offers", () => ({ ...asked, form_token: start.form_token })).catch(() => ({ articles: [] }));
    const now = message(form);
    if (asked.subject !== now.subject || asked.message !== now.message || place.contains(place.getRootNode().activeElement)) return;
    const back = () => {
      show(text("contact"), showSearch, contactForm);
      contactForm.elements.message.focus();
    };
    const items = articles.map((found) => el("li", {}, el("button", { type: "button", class: "result", onclick: () => openArticle(found, back, null, found.choice) }, spoken("b", found.title, found.lang))));
    place.replaceChildren(...(items.length ? [el("p", { class: "note" }, text("offers")), el("ul", { class: "results" }, ...items)] : []));
  }

  async function send(form, fault) {
    const button = form.querySelector(".main");
    button.disabled = true;
    fault.textContent = "";
    try {
      const sent = await callWithToken("widget/tickets", () => message(form));
      start.form_token = sent.form_token;
      forget("subject", "message"); // who writes again has the same name and address
      const words = el("p", { tabindex: -1, "data-focus": true }, text("sent").replace("{reference}", sent.reference));
      show(text("contact"), showSearch, words, sent.promise ? el("p", { class: "note" }, sent.promise) : "", el("button", { class: "plain", onclick: showSearch }, text("again")));
    } catch (error) {
      const faults = error.status === 422 && error.given.errors;
      fault.textContent = faults ? faults.map((each) => each.detail).join(" ") : trouble(error);
      if (faults) form.elements[faults[0].parameter]?.focus();
      button.disabled = false;
    }
  }

  // Frame

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    if (view.hasChildNodes()) view.querySelector("[data-focus]")?.focus();
    else showSearch();
  }

  function build() {
    const host = el("div", { "data-dalil-widget": true });
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
    heading = el("h2", { id: "title", tabindex: -1 });
    view = el("div", { class: "view" });
    status = el("div", { class: "say note", role: "status" });
    backButton = el("button", { onclick: () => backTo(), hidden: true }, text("back"));
    footer = el("div", { class: "foot" }, el("button", { class: "plain", onclick: showContact }, text("contact")));
    const header = el("header", {}, backButton, heading, el("button", { onclick: () => dialog.close() }, text("close")));
    dialog = el("dialog", { "aria-labelledby": "title", onclose: stopReading }, el("div", { class: "frame" }, header, view, status, footer));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    // Above everything, whatever the page's own boxes transform, clip or stack.
    const dock = el("div", { class: "dock", popover: "manual" }, el("button", { class: "launch", "aria-haspopup": "dialog", onclick: open }, text("open")));
    root = el("div", { class: "root", lang, dir: direction(lang) }, dock, dialog);
    root.addEventListener("input", (event) => event.target.matches("[data-typed]") && turnField(event.target));
    shadow.append(root);
    document.body.append(host);
    dock.showPopover?.();
    // Any element of the page may open it too.
    document.addEventListener("click", (event) => event.target.closest?.("[data-dalil-open]") && (event.preventDefault(), open()));
    addEventListener("pagehide", stopReading);
  }

  async function begin() {
    try {
      start = await call("widget", { query: { lang } });
    } catch (error) {
      return console.warn(`Dalil: the widget cannot start here (${error.message}); is this origin in KB_WIDGET_ORIGINS?`);
    }
    visitor(start.visitor);
    build();
  }

  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
