// Carries the ticket into the panel and the panel's text into the reply.
(() => {
  const client = ZAFClient.init();
  const panel = document.getElementById("panel");
  const origin = new URL(panel.src).origin;
  const say = (message) => panel.contentWindow.postMessage(message, origin);
  const asText = (html) => new DOMParser().parseFromString(html || "", "text/html").body.innerText.trim();

  async function tellTicket() {
    const got = await client.get(["id", "subject", "description", "comments", "requester"].map((name) => `ticket.${name}`));
    const requester = got["ticket.requester"] || {};
    const theirs = (got["ticket.comments"] || []).filter((each) => each.author && each.author.id === requester.id);
    const last = theirs.slice(-1).map((each) => asText(each.value));
    const text = [got["ticket.subject"], last[0] || asText(got["ticket.description"])].filter(Boolean).join("\n\n");
    say({ type: "dalil:conversation", text, ticket: String(got["ticket.id"] || "") });
  }

  async function insert(message) {
    try {
      await client.invoke("ticket.editor.insert", message.html);
    } catch {
      await client.invoke("comment.appendHtml", message.html); // tickets without the new editor
    }
    say({ type: "dalil:inserted" });
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
