// Keys, controls, and the first drawing.

const KEYS = [
  ["↑ ↓", "the call before, the next one"],
  ["Page Up, Page Down, Home, End", "further"],
  ["→ ←", "open and close a group; from a call to its group"],
  ["Enter", "look at the call"],
  ["Escape", "close the call, clear the filter"],
  ["/", "search"],
  ["+ − 0", "zoom in, zoom out, all"],
  ["Shift+← Shift+→", "earlier, later"],
  ["t", "plain table"],
  ["?", "these keys"],
];

function refresh() {
  choose();
  const groups = groupRows.length;
  const told = state.matched === data.calls.length ? plural(data.calls.length, "call") : `${state.matched.toLocaleString("en")} of ${plural(data.calls.length, "call")}`;
  byId("count").textContent = `${told}${state.matched < data.calls.length ? " shown" : ""}`;
  byId("clear").hidden = !isFiltered() && !isZoomed();
  byId("fold").hidden = groups === 0;
  byId("fold").textContent = state.collapsed.size < groups ? "Collapse groups" : "Expand groups";
  drawChart();
  if (byId("plain").hidden) resetRows();
  else drawPlain();
}

function readFilters() {
  state.words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const name of ["service", "operation"]) state[name] = byId(name).value;
  for (const name of ["failed", "retried", "slow"]) state[name] = byId(name).checked;
  plainFrom = 0;
  byId("scroll").scrollTop = 0;
  unfoldFew();
  refresh();
}

// What was searched for must not hide in a group that is folded: a few calls are all shown, until the filter is cleared.
const FEW = 300;
let folded = null;

function unfoldFew() {
  if (isFiltered()) {
    folded ??= state.collapsed;
    choose();
    state.collapsed = new Set(state.matched <= FEW ? [] : folded);
  } else if (folded) {
    state.collapsed = folded;
    folded = null;
  }
}

function offer(id, names) {
  const select = byId(id);
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...[...names].sort().map((name) => h("option", { value: name }, name)));
  select.value = names.has(chosen) ? chosen : "";
}

function offerOperations() {
  const service = byId("service").value;
  offer("operation", new Set(data.calls.filter((call) => !service || fieldText(call, "service") === service).map((call) => fieldText(call, "operation"))));
}

function clearFilters() {
  byId("filters").reset();
  [state.from, state.to] = [whole.from, whole.to];
  offerOperations();
  readFilters();
}

// -- light and dark --------------------------------------------------------------------------------------------------

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";

function nameTheme() {
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", isDark() ? "Light colors" : "Dark colors");
}

function toggleTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
}

// -- keys ------------------------------------------------------------------------------------------------------------

function move(by) {
  if (!state.shown.length) return;
  const place = state.shown.indexOf(state.active);
  const next = place < 0 ? (by < 0 ? state.shown.length - 1 : 0) : place + by;
  activate(state.shown[Math.min(Math.max(next, 0), state.shown.length - 1)]);
}

function inGrid(event) {
  const page = Math.max(Math.floor(byId("scroll").clientHeight / ROW) - 2, 1);
  const row = state.active;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  if (event.key in steps) {
    if (Number.isFinite(steps[event.key])) move(steps[event.key]);
    else if (state.shown.length) activate(state.shown.at(event.key === "Home" ? 0 : -1));
  } else if (row < 0) return false;
  else if (event.key === "Enter" || event.key === " ") {
    if (isGroup(row)) fold(row, !state.collapsed.has(row));
    else openCall(row, true);
  } else if (event.key === "ArrowRight") {
    if (parents.has(row) && state.collapsed.has(row)) fold(row, false);
    else if (parents.has(row)) move(1);
  } else if (event.key === "ArrowLeft") {
    if (parents.has(row) && !state.collapsed.has(row)) fold(row, true);
    else if (above(row) >= 0) activate(above(row));
  } else return false;
  return true;
}

const everywhere = {
  "/": () => { byId("text").focus(); byId("text").select(); },
  "+": () => zoom(0.5),
  "=": () => zoom(0.5),
  "-": () => zoom(2),
  0: () => look(whole.from, whole.to),
  t: togglePlain,
  "?": () => byId("keys").showModal(),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || byId("keys").open) return;
  const isTyping = event.target.matches("input[type=search], select");
  if (event.key === "Escape") {
    if (!closeCall() && (isFiltered() || isZoomed())) clearFilters();
    if (isTyping) byId("grid").focus({ preventScroll: true });
    return;
  }
  if (isTyping) {
    // From the search into what it found.
    if (event.target.id === "text" && (event.key === "ArrowDown" || event.key === "Enter")) {
      event.preventDefault();
      byId("grid").focus({ preventScroll: true });
      if (state.shown.length && !state.shown.includes(state.active)) move(1);
    }
    return;
  }
  let isDone = false;
  if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    pan(event.key === "ArrowLeft" ? -0.5 : 0.5);
    isDone = true;
  } else if (event.key in everywhere) {
    everywhere[event.key]();
    isDone = true;
  } else if (event.target.id === "grid") isDone = inGrid(event);
  if (isDone) event.preventDefault();
}

function start() {
  buildGrid();
  const kinds = { prepare: "Prepare, sign", credentials: "Credentials", connect: "Connect, TLS", send: "Send", wait: "Wait for the service", receive: "Receive", parse: "Parse", delay: "Delay before a retry" };
  byId("legend").append(...Object.keys(data.kinds).map((kind) => h("li", {}, h("span", { class: `swatch of-${kind}`, "aria-hidden": "true" }), kinds[kind] ?? kind)));
  byId("slow-label").textContent = `Slow (≥ ${duration(slowFrom)})`;
  byId("keys").append(h("h2", { id: "keys-title" }, "Keys"), h("dl", {}, ...KEYS.map(([key, told]) => h("div", {}, h("dt", {}, key), h("dd", {}, told)))),
    h("form", { method: "dialog" }, h("button", { type: "submit" }, "Close")));
  offer("service", new Set(data.calls.map((call) => fieldText(call, "service"))));
  offerOperations();
  byId("filters").addEventListener("input", (event) => { if (event.target.id === "service") offerOperations(); readFilters(); });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", (event) => { event.preventDefault(); clearFilters(); });
  byId("fold").addEventListener("click", () => {
    const isCollapsing = state.collapsed.size < groupRows.length;
    state.collapsed = new Set(isCollapsing ? groupRows : []);
    refresh();
  });
  byId("theme").addEventListener("click", toggleTheme);
  byId("as-table").addEventListener("click", togglePlain);
  byId("show-keys").addEventListener("click", () => byId("keys").showModal());
  byId("grid").addEventListener("focus", () => { if (!state.shown.includes(state.active)) move(1); });
  prefersDark.addEventListener("change", nameTheme);
  addEventListener("keydown", pressed);
  addEventListener("beforeprint", preparePrint);
  addEventListener("afterprint", () => byId("printed")?.remove());
  let width = innerWidth;
  new ResizeObserver(() => {
    if (width !== innerWidth) drawChart();
    width = innerWidth;
    drawAxis();
    drawRows();
  }).observe(byId("scroll"));
  listenToChart();
  nameTheme();
  refresh();
}

start();
