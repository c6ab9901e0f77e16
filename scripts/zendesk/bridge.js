// Carries the ticket into the panel and the panel's text into the reply.
(() => {
  const client = ZAFClient.init();
  const panel = document.getElementById("panel");
  const origin = new URL(panel.src).origin;
  const say = (message) => panel.contentWindow.postMessage(message, origin);
  const LAST_MESSAGES = 3;

  // A document that is not shown knows no lines: each block gets one.
  function asText(html) {
    const { body } = new DOMParser().parseFromString(html || "", "text/html");
    for (const each of body.querySelectorAll("br, p, div, li, tr, h1, h2, h3, h4, blockquote, pre")) {
      if (each.tagName !== "BR") each.before("\n");
      each.after("\n");
    }
    return body.textContent.replace(/\n{3,}/g, "\n\n").trim();
  }

  async function tellTicket() {
    const got = await client.get(["id", "subject", "description", "comments", "requester"].map((name) => `ticket.${name}`));
    const requester = got["ticket.requester"] || {};
    const theirs = (got["ticket.comments"] || []).filter((each) => each.author && each.author.id === requester.id);
    const last = theirs.sort((a, b) => (a.id || 0) - (b.id || 0)).slice(-LAST_MESSAGES);
    const written = last.length ? last.map((each) => asText(each.value)) : [asText(got["ticket.description"])];
    const text = [got["ticket.subject"], ...written].filter(Boolean).join("\n\n");
    say({ type: "dalil:conversation", text, ticket: String(got["ticket.id"] || "") });
  }

  async function insert(message) {
    // The second is for tickets without the new editor; if neither is there, the panel hears nothing and copies.
    for (const action of ["ticket.editor.insert", "ticket.comment.appendHtml", "comment.appendHtml"]) {
      try {
        await client.invoke(action, message.html);
        return say({ type: "dalil:inserted" });
      } catch {
        // This ticket does not know the action.
      }
    }
  }

  addEventListener("message", (event) => {
    if (event.source !== panel.contentWindow || event.origin !== origin) return;
    if (event.data && event.data.type === "dalil:ready") tellTicket();
    if (event.data && event.data.type === "dalil:insert") insert(event.data);
  });
  tellTicket(); // in case the panel was ready before us
  client.on("app.activated", tellTicket);
  client.on("ticket.conversation.changed", tellTicket);
  client.invoke("resize", { width: "100%", height: "640px" });
})();
