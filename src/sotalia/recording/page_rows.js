// The list of calls: only the rows in view are elements. And the plain table, a page of it at a time.

const ROW = 30; // pixels, as in the style
const AROUND = 8; // rows drawn above and below those in view, so that scrolling shows no gaps
const COLUMNS = [
  ["number", "#"],
  ["name", "Call"],
  ["status", "Status"],
  ["attempts", "Attempts"],
  ["start", "Start"],
  ["took", "Time"],
  ["waterfall", "Waterfall"],
];
const drawn = new Map(); // place in state.shown -> element
let body = null;
let guides = null;

function buildGrid() {
  const cells = COLUMNS.map(([key, title]) => h("span", { role: "columnheader", class: `cell ${key}` }, h("span", {}, title)));
  cells.at(-1).append(h("span", { class: "axis", id: "axis", "aria-hidden": "true" }));
  body = h("div", { role: "rowgroup", class: "body" });
  guides = h("div", { class: "row guides", "aria-hidden": "true" }, ...COLUMNS.map(([key]) => h("span", { class: `cell ${key}` })));
  byId("grid").append(h("div", { role: "rowgroup", class: "head" }, h("div", { role: "row", class: "row", "aria-rowindex": 1 }, cells)), body);
  byId("scroll").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
  byId("grid").addEventListener("click", clicked);
  byId("grid").dataset.drawn = "0";
}

function drawAxis() {
  const width = byId("axis").clientWidth;
  const scale = ticks(state.from, state.to, Math.max(1, Math.floor(width / 64)));
  const labels = [];
  const rules = [];
  for (const at of scale.found) {
    const part = (at - state.from) / (state.to - state.from);
    const left = percent(part);
    const hasRoom = (1 - part) * width > 44;
    for (const [list, text] of [[labels, hasRoom ? tickLabel(at, scale.step) : ""], [rules, ""]]) {
      const mark = h("i", {}, text);
      mark.style.left = left;
      list.push(mark);
    }
  }
  byId("axis").replaceChildren(...labels);
  guides.lastChild.replaceChildren(...rules);
}

// Draw all anew: the filter, the window or a group has changed.
function resetRows() {
  drawn.clear();
  body.replaceChildren(guides);
  body.style.height = `${Math.max(state.shown.length, 1) * ROW}px`;
  byId("grid").setAttribute("aria-rowcount", state.shown.length + 1);
  if (!state.shown.length) {
    body.append(h("p", { class: "nothing" }, data.calls.length ? "No call matches. Clear the filter or zoom out." : "No calls were recorded."));
  }
  drawAxis();
  drawRows();
}

function drawRows() {
  const scroller = byId("scroll");
  const first = Math.max(Math.floor(scroller.scrollTop / ROW) - AROUND, 0);
  const last = Math.min(Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW) + AROUND, state.shown.length);
  const activeAt = state.shown.indexOf(state.active);
  for (const [place, element] of drawn) {
    if ((place < first || place >= last) && place !== activeAt) {
      element.remove();
      drawn.delete(place);
    }
  }
  const added = [];
  const draw = (place) => {
    if (drawn.has(place)) return;
    const element = rowElement(place);
    drawn.set(place, element);
    added.push(element);
  };
  for (let place = first; place < last; place++) draw(place);
  // A screen reader is told of the active row by its id, also while it is out of view.
  if (activeAt >= 0) draw(activeAt);
  body.append(...added);
  const grid = byId("grid");
  grid.dataset.drawn = Number(grid.dataset.drawn) + added.length;
  mark();
}

function rowElement(place) {
  const row = state.shown[place];
  const element = h("div", { role: "row", class: "row", id: `row-${row}`, "aria-level": depthOf(row) + 1, "aria-rowindex": place + 2, "data-row": row });
  element.style.transform = `translateY(${place * ROW}px)`;
  if (parents.has(row)) element.setAttribute("aria-expanded", String(!state.collapsed.has(row)));
  element.append(...(isGroup(row) ? groupCells(row) : callCells(row)));
  return element;
}

const cell = (key, ...children) => h("span", { role: "gridcell", class: `cell ${key}` }, ...children);

function nameCell(row, ...children) {
  const found = cell("name", parents.has(row) ? h("span", { class: "fold", "aria-hidden": "true" }) : null, ...children);
  found.style.paddingInlineStart = `${0.5 + Math.min(depthOf(row), 6) * 1.1 + (parents.has(row) ? 0 : 1.1)}rem`;
  return found;
}

function callCells(row) {
  const call = callOf(row);
  const name = h("span", { class: "full", title: nameOf(call) }, h("span", { class: "service" }, `${fieldText(call, "service")}.`), fieldText(call, "operation"));
  const attempts = field(call, "attempts").length;
  return [
    cell("number", String(field(call, "number"))),
    nameCell(row, name),
    cell("status", pill(call)),
    cell("attempts", h("span", { class: attempts > 1 ? "many" : "" }, String(attempts))),
    cell("start", offset(field(call, "start"))),
    cell("took", duration(field(call, "took"))),
    cell("waterfall", bar(call)),
  ];
}

const pill = (call) => {
  const kind = hasFailed(call) ? "bad" : field(call, "took") < 0 || field(call, "status") < 0 ? "open" : "good";
  return h("span", { class: `pill ${kind}`, title: statusOf(call) }, statusOf(call));
};

function groupCells(row) {
  const [kind, name, start, end, calls, failed] = groupOf(row);
  const span = h("span", { class: "bar group-bar" });
  place(span, start, Math.max(end - start, 1));
  const label = `${textAt(kind)} ${textAt(name)}`;
  return [
    cell("number", ""),
    nameCell(row, h("span", { class: "full", title: label }, h("span", { class: "kind" }, textAt(kind)), ` ${textAt(name)}`)),
    cell("status", failed ? h("span", { class: "pill bad" }, `${failed} failed`) : null),
    cell("attempts", h("span", { title: plural(calls, "call") }, `×${calls.toLocaleString("en")}`)),
    cell("start", offset(start)),
    cell("took", duration(end - start)),
    cell("waterfall", span),
  ];
}

function mark() {
  const grid = byId("grid");
  for (const element of drawn.values()) {
    const row = Number(element.dataset.row);
    element.classList.toggle("active", row === state.active);
    element.classList.toggle("opened", row === state.open);
    element.setAttribute("aria-selected", String(row === state.open));
  }
  if (state.shown.includes(state.active)) grid.setAttribute("aria-activedescendant", `row-${state.active}`);
  else grid.removeAttribute("aria-activedescendant");
}

function activate(row) {
  state.active = row;
  const place = state.shown.indexOf(row);
  const scroller = byId("scroll");
  const head = body.offsetTop;
  const top = place * ROW;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW + head > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW + head - scroller.clientHeight;
  drawRows();
  if (state.open >= 0 && !isGroup(row)) openCall(row);
}

function fold(row, isCollapsed) {
  if (!parents.has(row)) return;
  if (isCollapsed) state.collapsed.add(row);
  else state.collapsed.delete(row);
  refresh();
}

function clicked(event) {
  const element = event.target.closest("[data-row]");
  if (!element) return;
  const row = Number(element.dataset.row);
  state.active = row;
  if (isGroup(row) || event.target.closest(".fold")) fold(row, !state.collapsed.has(row));
  else openCall(row);
  mark();
}

// -- the plain table -------------------------------------------------------------------------------------------------

const PAGE = 100;
let plainFrom = 0;

function plainTable(rows, caption) {
  const head = ["#", "Call", "Group", "Status", "Attempts", "Start", "Time", "Request id", "Message"];
  const lines = rows.map((row) => {
    const call = callOf(row);
    let group = above(row);
    while (group >= 0 && !isGroup(group)) group = above(group);
    const label = group < 0 ? "" : `${textAt(groupOf(group)[0])} ${textAt(groupOf(group)[1])}`;
    const open = h("button", { type: "button", class: "link", onclick: () => { state.active = row; openCall(row, true); } }, nameOf(call));
    return h("tr", {}, h("td", {}, String(field(call, "number"))), h("th", { scope: "row" }, open), ...[
      label, statusOf(call), String(field(call, "attempts").length), offset(field(call, "start")), duration(field(call, "took")),
      fieldText(call, "requestId") ?? "", fieldText(call, "message") ?? "",
    ].map((text) => h("td", {}, text)));
  });
  return h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...head.map((title) => h("th", { scope: "col" }, title)))), h("tbody", {}, lines));
}

const shownCalls = () => {
  const rows = [];
  for (let row = 0; row < rowCount; row++) if (!isGroup(row) && isInWindow(callOf(row)) && matches(row)) rows.push(row);
  return rows;
};

function drawPlain() {
  const rows = shownCalls();
  plainFrom = Math.max(0, Math.min(plainFrom, Math.floor((rows.length - 1) / PAGE) * PAGE));
  const to = Math.min(plainFrom + PAGE, rows.length);
  const turn = (step) => () => { plainFrom += step; drawPlain(); byId("plain").scrollTop = 0; };
  const caption = rows.length ? `Calls ${(plainFrom + 1).toLocaleString("en")} to ${to.toLocaleString("en")} of ${rows.length.toLocaleString("en")}, in the order of the list` : "No call matches";
  byId("plain").replaceChildren(
    plainTable(rows.slice(plainFrom, to), caption),
    h("nav", { "aria-label": "Pages of the table" },
      h("button", { type: "button", disabled: plainFrom === 0, onclick: turn(-PAGE) }, "Previous"),
      h("button", { type: "button", disabled: to >= rows.length, onclick: turn(PAGE) }, "Next")),
  );
}

function togglePlain() {
  const isPlain = byId("plain").hidden;
  byId("plain").hidden = !isPlain;
  byId("scroll").hidden = isPlain;
  byId("as-table").setAttribute("aria-pressed", String(isPlain));
  if (isPlain) drawPlain();
  else resetRows();
}

// Paper has no scroll bar: a table of the calls that are shown, up to a number that can be printed.
const PRINTED = 1000;

function preparePrint() {
  const rows = shownCalls();
  const left = rows.length - PRINTED;
  const caption = `${plural(rows.length, "call")}${left > 0 ? `, of which the first ${PRINTED} are printed` : ""}`;
  document.body.append(h("div", { id: "printed" }, plainTable(rows.slice(0, PRINTED), caption)));
}
