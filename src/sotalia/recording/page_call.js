// One call: what it spent its time with, its attempts, its handlers and what they changed.

function openCall(row, isFocused = false) {
  const call = callOf(row);
  state.open = row;
  const panel = byId("call");
  panel.replaceChildren(...callContent(call).filter(Boolean));
  panel.setAttribute("aria-label", `Call ${field(call, "number")}: ${nameOf(call)}`);
  panel.hidden = false;
  panel.scrollTop = 0;
  byId("main").classList.add("with-call");
  mark();
  if (isFocused) byId("call-title").focus();
}

function closeCall() {
  if (state.open < 0) return false;
  state.open = -1;
  byId("call").hidden = true;
  byId("main").classList.remove("with-call");
  mark();
  (byId("plain").hidden ? byId("grid") : byId("plain").querySelector("button"))?.focus({ preventScroll: true });
  return true;
}

function step(by) {
  let place = state.shown.indexOf(state.open) + by;
  while (place >= 0 && place < state.shown.length && isGroup(state.shown[place])) place += by;
  if (place < 0 || place >= state.shown.length) return;
  activate(state.shown[place]);
  byId("call-title").focus();
}

// The top of the page says the day.
const isOfOneDay = clock(0).slice(0, 10) === clock(whole.to).slice(0, 10);

const section = (title, ...content) => h("section", {}, h("h3", {}, title), ...content);
const facts = (pairs) => h("dl", { class: "facts" }, ...pairs.filter(([, value]) => value != null && value !== "").map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
const remarks = (indexes) => indexes.map((index) => h("p", { class: "remark" }, textAt(index)));

function callContent(call) {
  const message = fieldText(call, "message");
  const parent = field(call, "parent");
  const title = h("h2", { id: "call-title", tabindex: -1 }, h("span", { class: "service" }, `${fieldText(call, "service")}.`), fieldText(call, "operation"));
  const parameters = fieldText(call, "parameters");
  const attempts = field(call, "attempts");
  const curl = fieldText(call, "curl");
  return [
    h("header", {}, title, pill(call), h("div", { class: "buttons" },
      h("button", { type: "button", "aria-label": "Previous call", title: "Previous call", onclick: () => step(-1) }, "↑"),
      h("button", { type: "button", "aria-label": "Next call", title: "Next call", onclick: () => step(1) }, "↓"),
      h("button", { type: "button", "aria-label": "Close this call", title: "Close (Escape)", onclick: closeCall }, "✕"))),
    hasFailed(call) && h("div", { class: "error-box" }, h("strong", {}, fieldText(call, "error")), message ? ` ${message}` : ""),
    ...remarks(field(call, "remarks")),
    facts([
      ["Time", duration(field(call, "took"))],
      ["Started", `${clock(field(call, "start")).slice(isOfOneDay ? 11 : 0)} (${offset(field(call, "start"))})`],
      ["Called at", fieldText(call, "caller")],
      ["Region", fieldText(call, "region")],
      ["Request id", fieldText(call, "requestId")],
      ["Client", field(call, "isAsync") ? "async" : "sync"],
      ["Thread", fieldText(call, "thread")],
      ["Task", fieldText(call, "task")],
      ["Within", parent < 0 ? null : `call ${parent}`],
      ["Number", String(field(call, "number"))],
    ]),
    section("Time", phaseTable(call)),
    section(attempts.length === 1 ? "Attempt" : "Attempts", ...(attempts.length ? attempts.map(attemptCard) : [h("p", { class: "none" }, "No request was made.")])),
    parameters !== "{}" && section("Parameters", h("pre", { tabindex: 0, "aria-label": "Parameters" }, parameters)),
    section("Handlers, in the order in which they ran", ...[handlerList(call)].flat().filter(Boolean)),
    curl !== null && section("The same with curl", copied(curl)),
  ];
}

function phaseTable(call) {
  const length = Math.max(field(call, "end") - field(call, "start"), 1);
  const attempts = field(call, "attempts");
  const lines = [];
  const add = (phases) => {
    for (let at = 0; at < phases.length; at += 3) {
      const name = PHASES[phases[at]];
      const mark = h("span", { class: "bar" });
      mark.style.left = percent(phases[at + 1] / length);
      mark.style.width = percent(Math.max(phases[at + 2], 0) / length);
      mark.style.backgroundColor = `var(--${KIND_OF[name] ?? "prepare"})`;
      const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.backgroundColor = mark.style.backgroundColor;
      lines.push(h("tr", {}, h("th", { scope: "row", title: data.phases[name] }, swatch, `${name} `, h("span", { class: "words" }, data.phases[name])),
        h("td", { class: "number" }, `+${duration(phases[at + 1])}`), h("td", { class: "number" }, duration(phases[at + 2])),
        h("td", { class: "track" }, mark)));
    }
  };
  const heading = (text) => lines.push(h("tr", { class: "part" }, h("th", { colspan: 4, scope: "colgroup" }, text)));
  if (attempts.length > 1) heading("Before the attempts");
  add(field(call, "phases"));
  for (const attempt of attempts) {
    if (attempts.length > 1) heading(`Attempt ${attempt[ATTEMPT.number]}`);
    add(attempt[ATTEMPT.phases]);
  }
  if (!lines.length) return h("p", { class: "none" }, "No phases were recorded.");
  return h("table", { class: "phases" }, h("caption", { class: "unseen" }, "Phases of the call"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Phase"), h("th", { scope: "col", class: "number" }, "From"), h("th", { scope: "col", class: "number" }, "Took"), h("td", { class: "track-head" }))),
    h("tbody", {}, lines));
}

function attemptCard(attempt) {
  const of = (name) => attempt[ATTEMPT[name]];
  const told = (name) => textAt(of(name));
  const status = of("status");
  const isBad = status < 0 || status >= 400;
  const connection = told("connection");
  const outcome = status < 0 ? told("error") ?? "no response" : String(status);
  return h("article", { class: "attempt" },
    h("h4", {}, `Attempt ${of("number")} `, h("span", { class: `pill ${isBad ? "bad" : "good"}` }, outcome), h("span", { class: "took" }, duration(of("took")))),
    told("reason") !== null && h("p", { class: "retry" }, "Retried ", of("delay") >= 0 ? `after ${duration(of("delay"))}` : "", `: ${told("reason")}`),
    status >= 0 && told("error") !== null && h("p", { class: "error-box" }, told("error")),
    ...remarks(of("remarks")),
    told("url") !== null && h("p", { class: "url" }, h("strong", {}, told("method")), " ", told("url")),
    facts([
      ["Connection", connection === null ? null : `${connection}${told("peer") ? `, ${told("peer")}` : ""}`],
      ["Sent", of("requestBytes") < 0 ? null : size(of("requestBytes"))],
      ["Received", of("responseBytes") < 0 ? null : size(of("responseBytes"))],
      ["Request id", told("requestId")],
    ]),
    headers("Request headers", of("requestHeaders")),
    body_("Request body", told("requestBody")),
    headers("Response headers", of("responseHeaders")),
    body_("Response body", told("responseBody")));
}

function headers(title, flat) {
  if (!flat.length) return null;
  const lines = [];
  for (let at = 0; at < flat.length; at += 2) lines.push(h("tr", {}, h("th", { scope: "row" }, textAt(flat[at])), h("td", {}, textAt(flat[at + 1]))));
  return h("details", {}, h("summary", {}, `${title} (${lines.length})`), h("table", { class: "headers" }, h("caption", { class: "unseen" }, title), h("tbody", {}, lines)));
}

const body_ = (title, text) => (text === null ? null : h("details", {}, h("summary", {}, title), h("pre", { tabindex: 0, "aria-label": title }, text)));

// Stays from call to call.
let isBusyOnly = false;

function handlerList(call) {
  const runs = field(call, "handlers");
  const items = [];
  for (let at = 0; at < runs.length; at += 7) {
    const [event, name, place, owner] = data.handlers[runs[at]].map(textAt);
    const [, , took, attempt, hasResponded, error, changes] = runs.slice(at, at + 7);
    const diffs = [];
    for (let each = 0; each < changes.length; each += 5) diffs.push(...diff(changes.slice(each, each + 5).map(textAt)));
    const isIdle = !diffs.length && !hasResponded && error < 0;
    items.push(h("li", { "data-number": items.length + 1, class: isIdle ? "idle" : "" },
      h("p", { class: "handler" }, h("code", {}, name), h("span", { class: `owner ${owner === "sotalia" ? "" : "theirs"}` }, owner === "sotalia" ? "built in" : owner), h("span", { class: "took" }, duration(took))),
      h("p", { class: "where" }, event, attempt > 0 ? `, attempt ${attempt}` : "", place ? h("span", { class: "place" }, place) : null),
      hasResponded ? h("p", { class: "remark" }, "It returned something.") : null,
      error >= 0 ? h("p", { class: "error-box" }, `It raised ${textAt(error)}`) : null,
      diffs.length ? h("div", { class: "diff" }, diffs) : null));
  }
  if (!items.length) return h("p", { class: "none" }, "None ran.");
  const list = h("ol", { class: isBusyOnly ? "handlers busy-only" : "handlers" }, items);
  const only = h("input", { type: "checkbox", checked: isBusyOnly, onchange: (event) => {
    isBusyOnly = event.target.checked;
    list.classList.toggle("busy-only", isBusyOnly);
  } });
  const idle = items.filter((item) => item.className === "idle").length;
  return [idle > 0 && h("label", { class: "check" }, only, `Only those that did something (${items.length - idle} of ${items.length})`), list];
}

// As a diff has it: a minus for what was, a plus for what is. Words say the same to who does not see colors.
function diff([what, name, action, before, after]) {
  const lines = [h("p", { class: "what" }, `${what} ${name}: ${action}`)];
  if (before !== null) lines.push(h("del", {}, before));
  if (after !== null) lines.push(h("ins", {}, after));
  return lines;
}

function copied(command) {
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  const text = h("pre", { tabindex: 0, "aria-label": "The same with curl" }, command);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(command, text)) ? "Copied" : "Select and copy";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return h("div", { class: "curl" }, button, text, h("p", { class: "unseen", role: "status" }));
}

// A file is no origin to every browser: then the old way, and if that is refused, the text is selected.
async function copy(command, element) {
  try {
    await navigator.clipboard.writeText(command);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
